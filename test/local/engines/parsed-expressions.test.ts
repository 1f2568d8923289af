import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ExpressionContext, ExpressionParser } from '../../../lib/local/engines/dynalite.ts';
import { rememberExpressions } from '../../../lib/local/engines/parsed-expressions.ts';

const require = createRequire(import.meta.url);
const load = (name: string): ExpressionParser => require(`dynalite/db/${name}.js`) as ExpressionParser;
const { isReserved, compare } = {
  isReserved: (name: string): boolean => ['STATUS', 'SIZE'].includes(name.toUpperCase()),
  compare: (require('dynalite/db/index.js') as { readonly compare: unknown }).compare,
};

type Values = Record<string, Record<string, unknown>>;

function createContext(names: Readonly<Record<string, string>>, values: Values): ExpressionContext {
  const flagsOf = (record: object) => Object.fromEntries(Object.keys(record).map((name) => [name, true as const]));
  const context = {
    attrNames: names,
    attrVals: values,
    unusedAttrNames: flagsOf(names),
    unusedAttrVals: flagsOf(values),
    isReserved,
    compare,
  };
  return context;
}

interface Request {
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Values;
}

/** Everything that dynalite goes by: a refusal, or the result and what was left unused. */
function parseWith(parser: ExpressionParser, { text, names, values }: Request): unknown {
  const context = createContext(names, values);
  try {
    const result = parser.parse(text, { context });
    return typeof result === 'string' ? { result } : { result, context };
  } catch (error) {
    return { error: String(error) };
  }
}

const TEXTS = {
  conditionParser: [
    'attribute_not_exists(#a)',
    '#a = :x AND #b = :y AND attribute_exists(#c)',
    '(#a = :x OR attribute_not_exists(#b)) AND #a IN (:x, :y, :z)',
    '#a BETWEEN :x AND :y',
    '#a BETWEEN :x AND :y AND #b BETWEEN :z AND :y',
    'NOT #a BETWEEN size(#b) AND :y',
    'attribute_type(#a, :x)',
    'attribute_type(#a, :x) AND contains(#b, :y) AND begins_with(#c, :z)',
    'size(#a) > :x',
    '#a.#b[1].#c <> :x',
    '((#a = :x))',
    '#a = :missing',
    '#a = #a',
    'status = :x',
    'nonsense(#a)',
    '#a = ',
    '',
  ],
  updateParser: [
    'SET #a = :x, #b = #b + :y REMOVE #c',
    'SET #a = list_append(#a, :x)',
    'SET #a = if_not_exists(#b, :x), #c = :y - :z',
    'SET #a.#b = :x, #a.#c = :y',
    'ADD #a :x DELETE #b :y',
    'SET #a = :x, #a = :y',
    'REMOVE #a[0], #a[1]',
    'SET #a = :x SET #b = :y',
  ],
  projectionParser: ['#a, #b.#c, #a[2]', 'plain, #a', '#a, #a', 'size'],
} as const;

const value = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((number) => ({ N: String(number) })),
  fc.constantFrom('S', 'L', 'N', 'nothing').map((text) => ({ S: text })),
  fc.constantFrom([], [{ S: 'a' }]).map((list) => ({ L: list })),
  fc.constant({ M: { S: { S: 'x' }, args: { L: [] } } }),
  fc.boolean().map((flag) => ({ BOOL: flag })),
  fc.constant({ NS: ['1', '2'] }),
);
const name = fc.constantFrom('a', 'b', 'status', '__proto__', 'constructor');
const names = fc.record({ '#a': name, '#b': name, '#c': name }, { requiredKeys: ['#a'] });
const values = fc.record({ ':x': value, ':y': value, ':z': value }, { requiredKeys: [] });

describe.each(['conditionParser', 'updateParser', 'projectionParser'] as const)('%s', (module) => {
  it('comes to the same as without memory, whatever was parsed before', () => {
    const remembering = { parse: load(module).parse };
    rememberExpressions(remembering);
    const request = fc.record({ text: fc.constantFrom<string>(...TEXTS[module]), names, values });
    fc.assert(
      fc.property(request, (parsed) => {
        expect(parseWith(remembering, parsed)).toEqual(parseWith(load(module), parsed));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('rememberExpressions', () => {
  const setup = () => {
    const parse = vi.fn(load('conditionParser').parse);
    const parser = { parse };
    rememberExpressions(parser);
    return { parser: parser as ExpressionParser, parse };
  };
  const NAMES = { '#a': 'a' };

  it('parses a text once for all values of the same types', () => {
    const { parser, parse } = setup();
    for (const text of ['1', '2', '3']) {
      parseWith(parser, { text: '#a = :x', names: NAMES, values: { ':x': { S: text } } });
    }
    expect(parse).toHaveBeenCalledTimes(1);
  });

  it('parses again for other names and for values of other types', () => {
    const { parser, parse } = setup();
    parseWith(parser, { text: '#a = :x', names: NAMES, values: { ':x': { S: '1' } } });
    parseWith(parser, { text: '#a = :x', names: { '#a': 'b' }, values: { ':x': { S: '1' } } });
    parseWith(parser, { text: '#a = :x', names: NAMES, values: { ':x': { N: '1' } } });
    expect(parse).toHaveBeenCalledTimes(3);
  });

  it.each([
    ['#a BETWEEN :x AND :y', { ':x': { N: '1' }, ':y': { N: '2' } }, { ':x': { N: '3' }, ':y': { N: '2' } }],
    ['attribute_type(#a, :x)', { ':x': { S: 'L' } }, { ':x': { S: 'list' } }],
  ])('fails where the parser refuses a value in %s', (text, good, bad) => {
    const { parser } = setup();
    parseWith(parser, { text, names: NAMES, values: good });
    expect(parseWith(parser, { text, names: NAMES, values: bad })).toMatchObject({ result: expect.any(String) });
  });

  it('gives each request a result of its own, with the values of that request', () => {
    const { parser } = setup();
    const parse = (sent: Values) =>
      parser.parse('#a = :x', { context: createContext(NAMES, sent) }) as { readonly expression: { args: unknown[] } };
    const [first, second] = [{ ':x': { S: '1' } }, { ':x': { S: '2' } }];
    parse(first).expression.args.length = 0;
    expect(parse(second).expression.args[1]).toBe(second[':x']);
  });

  it('forgets before it remembers too much', () => {
    const { parser, parse } = setup();
    const values = { ':x': { S: '1' } };
    for (let index = 0; index < 501; index += 1) {
      parseWith(parser, { text: `#a = :x AND a${index} = :x`, names: NAMES, values });
    }
    parseWith(parser, { text: '#a = :x AND a0 = :x', names: NAMES, values });
    parseWith(parser, { text: '#a = :x AND a500 = :x', names: NAMES, values });
    expect(parse).toHaveBeenCalledTimes(502);
  });
});
