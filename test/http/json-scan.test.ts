import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanJson } from '../../lib/http/json-scan.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON with a character put in, taken out or replaced here and there: most of it is broken, some is not. */
const nearJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(fc.tuple(fc.nat(200), fc.nat(1), fc.constantFrom('', ...'{}[]",:0123eE+-.tfn\\u \n\t\0x\ud800é')), {
      maxLength: 3,
    }),
  )
  .map(([json, edits]) =>
    edits.reduce((text, [at, removed, added]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + added + text.slice(index + removed);
    }, json),
  );

describe('scanJson', () => {
  it('accepts exactly what JSON.parse accepts', () => {
    fc.assert(
      fc.property(fc.oneof(nearJson, fc.string(), fc.json()), (text) => {
        expect(scanJson(text).kind).toBe(isJson(text) ? 'valid' : 'malformed');
      }),
      { numRuns: 2_000 },
    );
  });

  it('names a place inside the text', () => {
    fc.assert(
      fc.property(nearJson, (text) => {
        const scan = scanJson(text);
        if (scan.kind === 'malformed') {
          const line = text.split('\n')[scan.line - 1];
          expect(line).toBeDefined();
          expect(scan.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
        }
      }),
    );
  });

  it('finds whole numbers that change, and only those', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.maxSafeInteger())),
        (numbers) => {
          const scan = scanJson(`{"a":[${numbers.join(',')}]}`);
          const changed = numbers.flatMap((number, index) =>
            BigInt(number) === BigInt(Number(number)) ? [] : [{ pointer: `/a/${index}`, token: String(number) }],
          );
          expect(scan).toEqual({ kind: 'valid', unsafeNumbers: changed });
        },
      ),
    );
  });

  it('names numbers inside keys that need escapes', () => {
    expect(scanJson('{"a/b":{"~":[1,[],{"é\\n\\u0041":1e999}]}}')).toEqual({
      kind: 'valid',
      unsafeNumbers: [{ pointer: '/a~1b/~0/2/é\nA', token: '1e999' }],
    });
  });

  it('walks over a mebibyte of anything', () => {
    const size = 1_048_576;
    expect(scanJson(`"${'a'.repeat(size)}"`).kind).toBe('valid');
    expect(scanJson('['.repeat(size))).toMatchObject({ kind: 'malformed', column: size + 1 });
    expect(scanJson('9'.repeat(size)).kind).toBe('valid');
    expect(scanJson(`"${'\\u00e9'.repeat(size / 6)}"`).kind).toBe('valid');
  });
});
