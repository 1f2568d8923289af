import { toPointer } from './json-pointer.ts';

export type JsonScan =
  | { readonly kind: 'valid'; readonly unsafeNumbers: readonly UnsafeNumber[] }
  | {
      readonly kind: 'malformed';
      readonly line: number;
      readonly column: number;
      readonly expected: string;
      readonly found: string;
    };

/** A number that would be read as another one. */
export interface UnsafeNumber {
  readonly pointer: string;
  readonly token: string;
}

type Frame = { readonly kind: 'array'; index: number } | { readonly kind: 'object'; key: string };

/** What may come next; the texts are for error messages. */
const EXPECTED = {
  value: 'a value',
  'first-item': 'a value or "]"',
  'first-key': 'a name in double quotes or "}"',
  key: 'a name in double quotes',
  colon: '":"',
  separator: '"," or the closing bracket',
  end: 'the end of the text',
  string: 'the closing quote, or a valid escape; line breaks and control characters must be escaped',
} as const;
type Next = keyof typeof EXPECTED;

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/**
 * Walks over JSON text without building the value: to say where malformed text breaks, and to find the numbers that a parser
 * would round silently. Slower than `JSON.parse`, so it is used only where that one has something to hide. Its state is `next`,
 * what the grammar allows at `position`, and the stack of open arrays and objects.
 */
export function scanJson(text: string): JsonScan {
  return new JsonScanner(text).scan();
}

class JsonScanner {
  private readonly text: string;
  private position = 0;
  private next: Next = 'value';
  private readonly stack: Frame[] = [];
  private readonly unsafeNumbers: UnsafeNumber[] = [];

  constructor(text: string) {
    this.text = text;
  }

  scan(): JsonScan {
    for (;;) {
      this.take(WHITESPACE);
      if (this.next === 'end' && this.position === this.text.length) {
        return { kind: 'valid', unsafeNumbers: this.unsafeNumbers };
      }
      if (!this.step()) {
        return this.toMalformed();
      }
    }
  }

  /** Consumes one token; false when it is not what may come next. */
  private step(): boolean {
    const character = this.text[this.position];
    switch (this.next) {
      case 'value':
        return this.stepValue(character);
      case 'first-item':
        return character === ']' ? this.close() : this.stepValue(character);
      case 'first-key':
        return character === '}' ? this.close() : this.stepKey(character);
      case 'key':
        return this.stepKey(character);
      case 'colon':
        return character === ':' && this.advance('value');
      case 'separator':
        return this.stepSeparator(character);
      default:
        return false;
    }
  }

  private stepValue(character: string | undefined): boolean {
    if (character === '[') {
      this.stack.push({ kind: 'array', index: 0 });
      return this.advance('first-item');
    }
    if (character === '{') {
      this.stack.push({ kind: 'object', key: '' });
      return this.advance('first-key');
    }
    if (character === '"') {
      return this.takeString() !== undefined && this.endValue();
    }
    const number = this.take(NUMBER);
    if (number !== '') {
      if (isUnsafe(number)) {
        const path = this.stack.map((frame) => (frame.kind === 'array' ? frame.index : frame.key));
        this.unsafeNumbers.push({ pointer: toPointer(path), token: number });
      }
      return this.endValue();
    }
    return this.take(LITERAL) !== '' && this.endValue();
  }

  private stepKey(character: string | undefined): boolean {
    const key = character === '"' ? this.takeString() : undefined;
    const frame = this.stack.at(-1);
    if (key === undefined || frame?.kind !== 'object') {
      return false;
    }
    frame.key = JSON.parse(key) as string;
    this.next = 'colon';
    return true;
  }

  private stepSeparator(character: string | undefined): boolean {
    const frame = this.stack.at(-1);
    if (character === ',' && frame !== undefined) {
      if (frame.kind === 'array') {
        frame.index += 1;
      }
      return this.advance(frame.kind === 'array' ? 'value' : 'key');
    }
    return character === (frame?.kind === 'array' ? ']' : '}') && this.close();
  }

  private close(): boolean {
    this.stack.pop();
    this.position += 1;
    return this.endValue();
  }

  private endValue(): true {
    this.next = this.stack.length === 0 ? 'end' : 'separator';
    return true;
  }

  private advance(next: Next): true {
    this.position += 1;
    this.next = next;
    return true;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const token = pattern.exec(this.text)?.[0] ?? '';
    this.position += token.length;
    return token;
  }

  /** The string with its quotes; undefined, with the position at the fault, when it does not end as it should. */
  private takeString(): string | undefined {
    const start = this.position;
    this.position += 1;
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code === QUOTE) {
        this.position += 1;
        return this.text.slice(start, this.position);
      }
      // NaN, at the end of the text, is not at least a space either.
      if (!(code >= SPACE) || (code === BACKSLASH && this.take(ESCAPE) === '')) {
        this.next = 'string';
        return undefined;
      }
      this.position += code === BACKSLASH ? 0 : 1;
    }
  }

  private toMalformed(): JsonScan {
    const before = this.text.slice(0, this.position).split('\n');
    const found = [...this.text.slice(this.position, this.position + 2)][0];
    return {
      kind: 'malformed',
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      expected: EXPECTED[this.next],
      found: found === undefined ? 'the end of the text' : JSON.stringify(found),
    };
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Whole numbers must come out exactly as they went in; fractions are rounded everywhere, unless they leave the range. */
function isUnsafe(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) {
    return true;
  }
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(value) && BigInt(token) !== BigInt(value);
}
