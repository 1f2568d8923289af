import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Claim } from '../core/index.ts';
import { isClaimable } from './conditions.ts';
import { Placeholders } from './expression.ts';
import { encodeClaimEntry } from './history-entries.ts';

/**
 * Claims a job without having read it: one request, one write unit for an item below 1 KB, and the job comes back with the
 * answer. What depends on the item is computed in the expression: the attempt, the end of the lease, the history. So the
 * history may grow by one entry beyond what core keeps; the next write of it, which ends the run, puts that right.
 *
 * Rejected: reading first and writing `WHERE as read` costs a read unit and a round trip per job and loses more races;
 * `nextAt` at the end of the lease would cost two write units in the index.
 */
export function buildClaim(tableName: string, claim: Claim): UpdateCommandInput {
  const use = new Placeholders();
  const sets = [
    `${use.nameOf('status')} = ${use.valueOf('status', 'running')}`,
    `${use.nameOf('attempt')} = ${use.nameOf('attempt')} + ${use.valueOf('one', 1)}`,
    `${use.nameOf('token')} = ${use.valueOf('token', claim.token)}`,
    `${use.nameOf('solo')} = ${use.valueOf('solo', claim.solo)}`,
    `${use.nameOf('startedAt')} = ${use.valueOf('startedAt', claim.now)}`,
    `${use.nameOf('leaseUntil')} = ${leaseUntil(use, claim)}`,
    `${use.nameOf('history')} = list_append(${use.nameOf('history')}, ${use.valueOf('entry', [encodeClaimEntry(claim.now)])})`,
  ];
  return {
    TableName: tableName,
    Key: { id: claim.id },
    UpdateExpression: `SET ${sets.join(', ')} REMOVE ${use.nameOf('dispatches')}`,
    ConditionExpression: isClaimable(use, claim),
    ReturnValues: 'ALL_NEW',
    ...use.toInput(),
  };
}

/** The job's own timeout or, where the claim says so, what is left of the invocation; plus the margin. */
function leaseUntil(use: Placeholders, { now, leaseMs, leaseMarginMs }: Claim): string {
  return leaseMs === undefined
    ? `${use.nameOf('timeoutMs')} + ${use.valueOf('leaseBase', now + leaseMarginMs)}`
    : use.valueOf('leaseUntil', now + leaseMs + leaseMarginMs);
}
