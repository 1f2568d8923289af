import fc from 'fast-check';
import { jsonText, PROTOTYPE_KEYS, wellFormedText } from './hostile-texts.ts';

/** A value as DynamoDB sends it over the wire: `{ "S": "…" }`, `{ "N": "1" }`, `{ "M": { … } }`. */
export type AttributeValue = Readonly<Record<string, unknown>>;

/** Numbers that DynamoDB can hold: up to 38 digits, from 1E-130 to 9.9…E+125. */
const NUMBERS = [
  '0',
  '1',
  '-1',
  '0.5',
  '9007199254740991',
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890123456789012345678',
  '0.10000000000000000000000000000000000001',
  '9.9999999999999999999999999999999999999E+125',
  '-9.9999999999999999999999999999999999999E+125',
  '1E-130',
  '1E+2',
] as const;

export const numberValue: fc.Arbitrary<AttributeValue> = fc
  .oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e125, max: 1e125 }).map(toDynamoNumber),
    fc.constantFrom(...NUMBERS),
  )
  .map((text) => ({ N: text }));

export const textValue: fc.Arbitrary<AttributeValue> = fc.oneof(wellFormedText, jsonText).map((text) => ({ S: text }));

const binary = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  textValue,
  numberValue,
  fc.boolean().map((value) => ({ BOOL: value })),
  fc.constant({ NULL: true }),
  binary.map((text) => ({ B: text })),
);

const distinct = <Value>(values: fc.Arbitrary<Value>) =>
  fc.uniqueArray(values, { minLength: 1, maxLength: 4 }) as fc.Arbitrary<Value[]>;

const set: fc.Arbitrary<AttributeValue> = fc.oneof(
  distinct(wellFormedText).map((texts) => ({ SS: texts })),
  distinct(fc.integer().map(String)).map((numbers) => ({ NS: numbers })),
  distinct(binary).map((texts) => ({ BS: texts })),
);

const key = fc.oneof(wellFormedText, fc.constantFrom(...PROTOTYPE_KEYS));

/** Anything that one attribute of an item can be. */
export const anyValue: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    set,
    fc.array(tie('value'), { maxLength: 3 }).map((list) => ({ L: list })),
    mapOf(tie('value')).map((map) => ({ M: map })),
  ),
})).value;

function mapOf(value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<Readonly<Record<string, AttributeValue>>> {
  return fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
}

/** A map in a map, as deep as DynamoDB lets it be. */
export const deepest: AttributeValue = nest(31);

function nest(levels: number): AttributeValue {
  return levels === 0 ? { S: 'the end' } : { M: { a: nest(levels - 1) } };
}

/** Without the digits that DynamoDB refuses, and the exponents that it does. */
function toDynamoNumber(value: number): string {
  return value === 0 || Math.abs(value) < 1e-130 ? '0' : String(value);
}
