import { NumberValue } from '@aws-sdk/lib-dynamodb';
import {
  allowsSuspects,
  type Claim,
  DUE_TOLERANCE_MS,
  FOREIGN_FIELDS,
  type Guard,
  type JobFields,
  LAST_TIME_MS,
  MAX_TIMEOUT_MS,
  type Seen,
  seenFields,
} from '../core/index.ts';
import { all, type Placeholders } from './expression.ts';

/** No job stands under this id. */
export function isNew(use: Placeholders): string {
  return `attribute_not_exists(${use.nameOf('id')})`;
}

/** The condition of a change, by its guard. Each holds only for an item that exists: an update must never create one. */
export function admits(use: Placeholders, guard: Guard): string {
  switch (guard.kind) {
    case 'as-read':
      return isAsRead(use, guard.seen);
    case 'own-run':
      return isOwnRun(use, guard);
    case 'dead-letter':
      return isFailedInAttempt(use, guard.attempt);
  }
}

/** Nothing happened to the job since it was read. Absent counts as a value. */
function isAsRead(use: Placeholders, seen: Seen): string {
  return all([
    `attribute_exists(${use.nameOf('id')})`,
    ...seenFields(seen).map((field) => isStillSeen(use, field, seen[field])),
  ]);
}

/**
 * A list or a map in such a field is no job's, whatever it holds: that it still is one is all there is to know. The SDK cannot
 * write each of them back, one with a key `constructor` for instance.
 */
function isStillSeen(use: Placeholders, field: keyof Seen, value: unknown): string {
  const name = use.nameOf(field);
  if (value === undefined) {
    return `attribute_not_exists(${name})`;
  }
  const container = containerOf(value);
  return container === undefined
    ? `${name} = ${use.valueOf(`seen_${field}`, value)}`
    : `attribute_type(${name}, ${use.valueOf(`type_${container}`, container)})`;
}

/** Everything else that an item can hold the SDK writes back as it read it. */
function containerOf(value: unknown): 'L' | 'M' | undefined {
  if (Array.isArray(value)) {
    return 'L';
  }
  const isScalar = typeof value !== 'object' || value === null || value instanceof NumberValue;
  return isScalar || value instanceof Uint8Array || value instanceof Set ? undefined : 'M';
}

/** The run that writes still owns the job; where asked, nobody wants it canceled. */
function isOwnRun(use: Placeholders, guard: Extract<Guard, { kind: 'own-run' }>): string {
  return all([
    `${use.nameOf('status')} = ${use.valueOf('guard_status', 'running')}`,
    `${use.nameOf('attempt')} = ${use.valueOf('guard_attempt', guard.attempt)}`,
    `${use.nameOf('token')} = ${use.valueOf('guard_token', guard.token)}`,
    ...(guard.unlessCancelRequested ? [`attribute_not_exists(${use.nameOf('cancelRequested')})`] : []),
  ]);
}

/** The job is still failed in the attempt that the dead letter names. */
function isFailedInAttempt(use: Placeholders, attempt: number): string {
  return all([
    `${use.nameOf('status')} = ${use.valueOf('guard_status', 'failed')}`,
    `${use.nameOf('attempt')} = ${use.valueOf('guard_attempt', attempt)}`,
  ]);
}

/**
 * Core's `canClaim`, in one step with the write; and the item is a complete job, so that the claim's sums can be done. As few
 * parentheses as possible: the local engine's parser reads what they hold over and over, four times as long for each level.
 */
export function isClaimable(use: Placeholders, claim: Claim): string {
  return all([
    ...isInOrder(use),
    `attribute_not_exists(${use.nameOf('cancelRequested')})`,
    ...(allowsSuspects(claim) ? [] : [`attribute_not_exists(${use.nameOf('suspect')})`]),
    ...(claim.fitMs === undefined ? [] : [`${use.nameOf('timeoutMs')} <= ${use.valueOf('fitMs', claim.fitMs)}`]),
    isComplete(use),
    `${use.nameOf('dueAt')} <= ${use.valueOf('dueBy', claim.now + DUE_TOLERANCE_MS)}`,
  ]);
}

/** What is foreign to a dispatched job is foreign to a queued one, too, which has some more. */
const FOREIGN_TO_BOTH: readonly (keyof JobFields)[] = FOREIGN_FIELDS.dispatched;
const FOREIGN_TO_QUEUED = FOREIGN_FIELDS.queued.filter((field) => !FOREIGN_TO_BOTH.includes(field));

/** The job is dispatched or queued, and has nothing that is foreign to its status. */
function isInOrder(use: Placeholders): readonly string[] {
  const isAbsent = (field: keyof JobFields): string => `attribute_not_exists(${use.nameOf(field)})`;
  const status = use.nameOf('status');
  const dispatched = use.valueOf('dispatched', 'dispatched');
  return [
    `(${status} = ${dispatched} OR ${all(FOREIGN_TO_QUEUED.map(isAbsent))})`,
    `${status} IN (${dispatched}, ${use.valueOf('queued', 'queued')})`,
    ...FOREIGN_TO_BOTH.map(isAbsent),
  ];
}

/** Every field that a queued or dispatched job needs is there and, as far as a condition can tell, of its kind. */
function isComplete(use: Placeholders): string {
  const isFrom = (from: number, to: number, fields: readonly (keyof JobFields)[]): string[] =>
    fields.map(
      (field) => `${use.nameOf(field)} BETWEEN ${use.valueOf(`n${from}`, from)} AND ${use.valueOf(`n${to}`, to)}`,
    );
  const isOfType = (field: keyof JobFields, type: 'S' | 'L'): string =>
    `attribute_type(${use.nameOf(field)}, ${use.valueOf(`type_${type}`, type)})`;
  return all([
    isOfType('type', 'S'),
    isOfType('history', 'L'),
    `contains(${use.nameOf('lane')}, ${use.valueOf('live', '#live#')})`,
    `attribute_exists(${use.nameOf('input')})`,
    ...isFrom(0, LAST_TIME_MS, ['createdAt', 'dueAt', 'nextAt']),
    ...isFrom(0, Number.MAX_SAFE_INTEGER, ['attempt', 'failures', 'crashes']),
    ...isFrom(1, Number.MAX_SAFE_INTEGER, ['maxAttempts', 'maxCrashes']),
    ...isFrom(1, MAX_TIMEOUT_MS, ['timeoutMs']),
  ]);
}
