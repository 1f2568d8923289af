import type { ExpressionContext, ExpressionParser } from './dynalite.ts';

type Values = NonNullable<ExpressionContext['attrVals']>;

/** Stands for a value of a request in a result that is kept. */
class ValueOf {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

interface Remembered {
  readonly result: object;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
  /** Values that the parser has looked into, as JSON: only with these it comes to the same result. */
  readonly inspected: readonly (readonly [name: string, json: string])[];
}

/** Programs build few texts. One that writes its values into them must not fill the memory. */
const MAX_REMEMBERED = 500;

/**
 * Lets dynalite parse an expression once instead of with each request: its parser goes through every operand several times. dynalite
 * calls it through the module's exports.
 *
 * A result follows from the text, the names and the types of the values, and holds the values, which are put in anew. The parser looks
 * into values in two places, the bounds of BETWEEN and the type for `attribute_type`. A text that is refused is parsed each time.
 */
export function rememberExpressions(parser: ExpressionParser): void {
  const parse = parser.parse.bind(parser);
  const remembered = new Map<string, Remembered>();
  parser.parse = (text, { context }) => {
    const values = context.attrVals ?? {};
    const key = toKey(text, context);
    let known = remembered.get(key);
    if (known === undefined || !isSame(known, values)) {
      const unusedAttrNames = flagsOf(context.attrNames);
      const unusedAttrVals = flagsOf(values);
      const result = parse(text, { context: { ...context, unusedAttrNames, unusedAttrVals } });
      if (typeof result === 'string') return result;
      known = {
        ...keep(result, values),
        usedNames: Object.keys(context.attrNames ?? {}).filter((name) => !(name in unusedAttrNames)),
        usedValues: Object.keys(values).filter((name) => !(name in unusedAttrVals)),
      };
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(key, known);
    }
    for (const name of known.usedNames) delete context.unusedAttrNames?.[name];
    for (const name of known.usedValues) delete context.unusedAttrVals?.[name];
    return toResult(known.result, values) as object;
  };
}

function toKey(text: string, { attrNames, attrVals = {} }: ExpressionContext): string {
  const types = Object.entries(attrVals ?? {}).map(([name, value]) => [name, ...Object.keys(value)]);
  return JSON.stringify([text, attrNames, types]);
}

function flagsOf(record: object | null | undefined): Record<string, true> {
  return Object.fromEntries(Object.keys(record ?? {}).map((name) => [name, true]));
}

function isSame({ inspected }: Remembered, values: Values): boolean {
  return inspected.every(([name, json]) => JSON.stringify(values[name]) === json);
}

/** The result with marks instead of the request's values, and what was looked into. */
function keep(result: object, values: Values): Pick<Remembered, 'result' | 'inspected'> {
  const names = new Map<unknown, string>(Object.entries(values).map(([name, value]) => [value, name]));
  const inspected = new Map<string, string>();
  const mark = (node: unknown): unknown => {
    const name = names.get(node);
    if (name !== undefined) return new ValueOf(name);
    for (const operand of inspectedOperands(node)) {
      const inspectedName = names.get(operand);
      if (inspectedName !== undefined) inspected.set(inspectedName, JSON.stringify(operand));
    }
    return mapParts(node, mark);
  };
  return { result: mark(result) as object, inspected: [...inspected] };
}

function inspectedOperands(node: unknown): readonly unknown[] {
  if (typeof node !== 'object' || node === null || !('args' in node) || !Array.isArray(node.args)) return [];
  const isInspecting =
    'type' in node && (node.type === 'between' || ('name' in node && node.name === 'attribute_type'));
  return isInspecting ? node.args : [];
}

/** A result of its own for each request, since dynalite writes into it. */
function toResult(kept: unknown, values: Values): unknown {
  return kept instanceof ValueOf ? values[kept.name] : mapParts(kept, (part) => toResult(part, values));
}

function mapParts(node: unknown, map: (part: unknown) => unknown): unknown {
  if (Array.isArray(node)) return node.map(map);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.create(Object.getPrototypeOf(node)) as Record<string, unknown>;
  for (const [name, part] of Object.entries(node)) copy[name] = map(part);
  return copy;
}
