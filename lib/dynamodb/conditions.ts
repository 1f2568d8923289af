import { type Claim, DUE_TOLERANCE_MS, type Guard, type JobFields, type Seen } from '../core/index.ts';
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
  const fields = ['status', 'attempt', 'nextAt', 'cancelRequested'] as const;
  return all([
    `attribute_exists(${use.nameOf('id')})`,
    ...fields.map((field) =>
      seen[field] === undefined
        ? `attribute_not_exists(${use.nameOf(field)})`
        : `${use.nameOf(field)} = ${use.valueOf(`seen_${field}`, seen[field])}`,
    ),
  ]);
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

/** Core's `canClaim`, in one step with the write; and the item is a complete job, so that the claim's sums can be done. */
export function isClaimable(use: Placeholders, claim: Claim): string {
  return all([
    `${use.nameOf('status')} IN (${use.valueOf('queued', 'queued')}, ${use.valueOf('dispatched', 'dispatched')})`,
    `${use.nameOf('dueAt')} <= ${use.valueOf('dueBy', claim.now + DUE_TOLERANCE_MS)}`,
    `attribute_not_exists(${use.nameOf('cancelRequested')})`,
    ...(claim.solo ? [] : [`attribute_not_exists(${use.nameOf('suspect')})`]),
    ...(claim.fitMs === undefined ? [] : [`${use.nameOf('timeoutMs')} <= ${use.valueOf('fitMs', claim.fitMs)}`]),
    isComplete(use),
  ]);
}

/** Every field that a queued or dispatched job needs is there and, as far as a condition can tell, of its kind. */
function isComplete(use: Placeholders): string {
  const counts = ['attempt', 'failures', 'crashes', 'maxAttempts', 'maxCrashes'] as const;
  const times = ['timeoutMs', 'createdAt', 'dueAt', 'nextAt'] as const;
  const isOfType = (field: keyof JobFields, type: 'S' | 'L'): string =>
    `attribute_type(${use.nameOf(field)}, ${use.valueOf(`type_${type}`, type)})`;
  const isWhole = (field: keyof JobFields): string =>
    `${use.nameOf(field)} BETWEEN ${use.valueOf('zero', 0)} AND ${use.valueOf('max', Number.MAX_SAFE_INTEGER)}`;
  return all([
    isOfType('type', 'S'),
    isOfType('history', 'L'),
    `contains(${use.nameOf('lane')}, ${use.valueOf('live', '#live#')})`,
    ...[...counts, ...times].map(isWhole),
    `attribute_exists(${use.nameOf('input')})`,
    `attribute_not_exists(${use.nameOf('expiresAt')})`,
  ]);
}
