import fc from 'fast-check';
import { anyText, INJECTIONS, jsonText, PROTOTYPE_KEYS } from '../arbitraries/hostile-texts.ts';

const id = fc.oneof(
  anyText,
  fc.nat(20).map((index) => `good-${index}`),
  fc.constant('x'.repeat(3_000)),
);
const count = fc.oneof(
  fc.integer({ min: -2, max: 5 }),
  fc.double(),
  fc.constant(Number.MAX_SAFE_INTEGER),
  fc.jsonValue(),
);

/** Nearly a message: the right names, some of them with anything under them. */
const almost = fc
  .record(
    {
      v: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.jsonValue() }),
      id: fc.oneof({ weight: 4, arbitrary: id }, { weight: 1, arbitrary: fc.jsonValue() }),
      dead: count,
      back: count,
      extra: fc.jsonValue(),
    },
    { requiredKeys: ['v', 'id'] },
  )
  .map((message) => JSON.stringify(message));

const NAMED = [
  ...PROTOTYPE_KEYS.map((key) => `{"${key}":{"v":1,"id":"good-0"}}`),
  ...INJECTIONS,
  '['.repeat(10_000),
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `{"v":1,"id":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  `{"v":1,"id":"${'x'.repeat(1_000_000)}"}`,
  '{"v":1,"id":"a","id":"good-0"}',
  '{"v":1e400,"id":"good-0"}',
  '{"v":1,"id":"\\ud800"}',
  '\u0000',
] as const;

/** Bodies that anybody with access to the queue could send. */
export function createBodies(seed: number, cases: number): readonly string[] {
  const bodies = fc.oneof(
    { weight: 5, arbitrary: almost },
    { weight: 2, arbitrary: jsonText },
    { weight: 2, arbitrary: anyText },
  );
  return [...NAMED, ...fc.sample(bodies, { seed, numRuns: cases })].slice(0, Math.max(cases, NAMED.length));
}
