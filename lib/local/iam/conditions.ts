import { matchesArn, matchesText } from './patterns.ts';
import type { Condition } from './policy.ts';

/** What is known about a request besides who, what and where. A key that a request does not have is absent. */
export type RequestContext = Readonly<Partial<Record<ContextKey, string>>>;

/** Keys that the local runtime knows the values of. A condition on another one could only be guessed at. */
const CONTEXT_KEYS = [
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:RequestedRegion',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'kms:CallerAccount',
  'kms:EncryptionContext:aws:logs:arn',
  'kms:ViaService',
] as const;
export type ContextKey = (typeof CONTEXT_KEYS)[number];

/** One value of the policy against the value of the request. */
type Test = (wanted: string, given: string) => boolean;

const sameText: Test = (wanted, given) => wanted === given;
const sameTextAnyCase: Test = (wanted, given) => wanted.toLowerCase() === given.toLowerCase();

/** What holds if one of the values does, and the negations, which hold if none does. */
const POSITIVE: Readonly<Record<string, Test>> = {
  StringEquals: sameText,
  StringEqualsIgnoreCase: sameTextAnyCase,
  StringLike: matchesText,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: sameTextAnyCase,
};
const NEGATIVE: Readonly<Record<string, Test>> = {
  StringNotEquals: sameText,
  StringNotEqualsIgnoreCase: sameTextAnyCase,
  StringNotLike: matchesText,
  ArnNotEquals: matchesArn,
  ArnNotLike: matchesArn,
};

const IF_EXISTS = /IfExists$/;

const OPERATORS: readonly string[] = [...Object.keys(POSITIVE), ...Object.keys(NEGATIVE), 'Null'];

/** Names of keys are the same in capitals and in small letters. */
const CANONICAL_KEYS: ReadonlyMap<string, ContextKey> = new Map(CONTEXT_KEYS.map((key) => [key.toLowerCase(), key]));

/** What keeps a condition from being evaluated here, in words; undefined if nothing does. */
export function findObstacle({ operator, key, values }: Condition): string | undefined {
  const base = operator.replace(IF_EXISTS, '');
  if (!OPERATORS.includes(base) || operator === 'NullIfExists') {
    return `the operator ${operator}; known are ${OPERATORS.join(', ')}, with or without IfExists`;
  }
  if (!CANONICAL_KEYS.has(key.toLowerCase())) return `the key ${key}; known are ${CONTEXT_KEYS.join(', ')}`;
  const variable = values.find((value) => value.includes('${'));
  return variable === undefined ? undefined : `the policy variable in ${variable}`;
}

/**
 * IAM User Guide, "IAM JSON policy elements: Condition operators": without the key in the request a negated operator holds
 * and any other one does not; with `IfExists` both hold.
 */
export function holds({ operator, key, values }: Condition, context: RequestContext): boolean {
  const canonical = CANONICAL_KEYS.get(key.toLowerCase());
  const given = canonical === undefined ? undefined : context[canonical];
  if (operator === 'Null') return values.some((value) => (value === 'true') === (given === undefined));
  const base = operator.replace(IF_EXISTS, '');
  const negated = NEGATIVE[base];
  if (given === undefined) return negated !== undefined || IF_EXISTS.test(operator);
  if (negated !== undefined) return !values.some((value) => negated(value, given));
  return values.some((value) => POSITIVE[base]?.(value, given) === true);
}
