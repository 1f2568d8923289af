import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DEFAULT_POLICY, JOB_FIELDS, lanesOf, STATUSES } from '../../../lib/core/index.ts';
import { type AttributeValue, anyValue, deepest, numberValue, textValue } from '../arbitraries/attribute-values.ts';
import { jsonText, PROTOTYPE_KEYS, wellFormedText } from '../arbitraries/hostile-texts.ts';
import { START_AT } from '../installation/fuzz-clock.ts';
import { HANDLERS } from '../installation/handlers.ts';

/** An item as it is put, in the form of the wire. */
export type Item = Readonly<Record<string, AttributeValue>>;

const HOUR_MS = 3_600_000;

const text = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });

const time = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: START_AT - HOUR_MS, max: START_AT + HOUR_MS }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, START_AT, START_AT + 300 * HOUR_MS, Number.MAX_SAFE_INTEGER) },
);
const count = fc.oneof(fc.nat(3), fc.constantFrom(1_000, Number.MAX_SAFE_INTEGER));
const status = fc.oneof(fc.constantFrom(...STATUSES), fc.constantFrom('Queued', 'done', ''), wellFormedText);
const type = fc.oneof(fc.constantFrom(...HANDLERS.map(({ definition }) => definition.type)), wellFormedText);
const historyEntry = fc.constantFrom('qm3v2m4jf.0', 'rm3v2m4jf', 'fm3v2m6bw.1 TypeError', 'zzz', '');
const jobError = fc.record({
  name: textValue,
  message: textValue,
  attempt: fc.nat(3).map(number),
  at: time.map(number),
  stack: textValue,
});

/** What each field is meant to hold, more or less. */
const MEANT: Readonly<Record<string, fc.Arbitrary<AttributeValue>>> = {
  type: type.map(text),
  status: status.map(text),
  input: jsonText.map(text),
  progress: jsonText.map(text),
  result: jsonText.map(text),
  history: fc.array(historyEntry, { maxLength: 14 }).map((entries) => ({ L: entries.map(text) })),
  error: jobError.map((fields) => ({ M: fields })),
  solo: fc.boolean().map((value) => ({ BOOL: value })),
  suspect: fc.boolean().map((value) => ({ BOOL: value })),
  cancelRequested: fc.boolean().map((value) => ({ BOOL: value })),
  expiresAt: time.map((at) => number(Math.floor(at / 1_000))),
  ...Object.fromEntries(['inputHash', 'group', 'token'].map((field) => [field, textValue])),
  ...Object.fromEntries(
    ['attempt', 'failures', 'crashes', 'maxAttempts', 'maxCrashes', 'timeoutMs', 'dispatches'].map((field) => [
      field,
      count.map(number),
    ]),
  ),
  ...Object.fromEntries(
    ['createdAt', 'dueAt', 'startedAt', 'finishedAt', 'leaseUntil', 'unknownTypeSince'].map((field) => [
      field,
      time.map(number),
    ]),
  ),
};

const fieldNames = JOB_FIELDS.filter((field) => !['id', 'lane', 'nextAt'].includes(field));
const fieldValue = (field: string): fc.Arbitrary<AttributeValue> =>
  fc.oneof({ weight: 3, arbitrary: MEANT[field] ?? anyValue }, { weight: 1, arbitrary: anyValue });

const lane = fc.oneof(
  { weight: 19, arbitrary: fc.constantFrom(...lanesOf('live', DEFAULT_POLICY)) },
  { weight: 1, arbitrary: fc.constantFrom('default#live#99', 'default#failed#0', 'other#live#0', '#live#', 'x') },
);
/** The index takes numbers only, so this is one, but maybe none that anybody meant. */
const nextAt = fc.oneof({ weight: 5, arbitrary: time.map(number) }, { weight: 1, arbitrary: numberValue });
const place = fc.record({ lane: lane.map(text), nextAt });

const tame = fc.record({
  type: fc.constantFrom('echo', 'thrower', 'permanent', 'later', 'nobody-knows').map(text),
  status: fc.constant(text('queued')),
  input: fc.oneof(jsonText.map(text), anyValue),
});
const faults = fc
  .uniqueArray(fc.constantFrom(...fieldNames), { maxLength: 4 })
  .chain((fields) => fc.record(Object.fromEntries(fields.map((field) => [field, fieldValue(field)]))));
const scraps = fc.record(Object.fromEntries(fieldNames.map((field) => [field, fieldValue(field)])), {
  requiredKeys: [],
});
/** Attributes that are none of a job's. */
const others = fc.dictionary(fc.oneof(fc.constantFrom(...PROTOTYPE_KEYS), wellFormedText.filter(Boolean)), anyValue, {
  maxKeys: 2,
});

/** Items of every kind that a live lane of the index can hold; without an id. */
const body: fc.Arbitrary<Item> = fc
  .tuple(
    place,
    fc.oneof(
      { weight: 1, arbitrary: tame },
      { weight: 4, arbitrary: fc.tuple(tame, faults).map(([item, spoiled]) => ({ ...item, ...spoiled })) },
      { weight: 2, arbitrary: scraps },
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: others }),
  )
  .map(([where, fields, odd]) => ({ ...odd, ...fields, ...where }) as Item);

/** Random items, each under an id of its own, which is hostile too. */
export function createItems(seed: number, cases: number): readonly Item[] {
  const ids = fc.oneof({ weight: 3, arbitrary: fc.constant('job') }, { weight: 1, arbitrary: wellFormedText });
  return fc
    .sample(fc.tuple(ids, body), { seed, numRuns: cases })
    .map(([id, item], index) => ({ ...item, id: text(`${id}${index}`) }));
}

const NOW = number(START_AT);
const plain = (fields: Readonly<Record<string, AttributeValue>>): Item => ({
  type: text('echo'),
  status: text('queued'),
  input: text('{}'),
  lane: text('default#live#0'),
  nextAt: NOW,
  ...fields,
});

const KB = 1_024;

/** The worst that somebody could think of, each by its name, which is its id. */
export const NAMED_ITEMS: readonly Item[] = Object.entries({
  'an input nested 10,000 deep': { input: text(`${'['.repeat(10_000)}${']'.repeat(10_000)}`) },
  'an input that is not closed, 10,000 deep': { input: text('['.repeat(10_000)) },
  'an input as a map, as deep as can be': { input: deepest },
  'an input of 390 KB': { input: text(JSON.stringify('x'.repeat(390 * KB))) },
  'an input of 390 KB that is no JSON': { input: text('x'.repeat(390 * KB)) },
  'an input of as many empty lists as fit': { input: text(`[${'[],'.repeat(100_000)}[]]`) },
  'an input with a number beyond doubles': { input: text('1e400') },
  'a map with a number beyond doubles': { input: { M: { a: { N: '1E+125' }, b: { N: `1${'0'.repeat(37)}` } } } },
  'a packed input that is none': { input: { B: Buffer.from('not deflated').toString('base64') } },
  'a packed input under a header': { input: { B: gzipSync('{}').toString('base64') } },
  'an empty map': { input: { M: {} } },
  'an empty text': { input: text('') },
  'a set for an input': { input: { SS: ['a'] } },
  'a lone surrogate, escaped': { input: text('"\\ud800"') },
  'a type of 300 KB': { type: text('x'.repeat(300 * KB)) },
  'a group of 300 KB': { group: text('x'.repeat(300 * KB)) },
  'a history of 10,000 entries': { history: { L: Array.from({ length: 10_000 }, () => text('qm3v2m4jf.0')) } },
  'a history entry with the longest time': { history: { L: [text('qzzzzzzzzzzz.99999999999999999999')] } },
  'running for ever': { status: text('running'), token: text('t'), leaseUntil: number(Number.MAX_SAFE_INTEGER) },
  'the last attempt that can be counted': { attempt: number(Number.MAX_SAFE_INTEGER) },
  'the last failure that can be counted': { failures: number(Number.MAX_SAFE_INTEGER) },
  'more dispatches than can be counted': { status: text('dispatched'), dispatches: number(Number.MAX_SAFE_INTEGER) },
  'due before time began': { nextAt: { N: '-1E+125' } },
  'due at a time between two milliseconds': { nextAt: { N: '1.5' } },
  'due at a time that no double holds': { nextAt: { N: '1700000000000.00000000000001' } },
} satisfies Readonly<Record<string, Readonly<Record<string, AttributeValue>>>>).map(([name, fields]) => ({
  ...plain(fields),
  id: text(name),
}));
