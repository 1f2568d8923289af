import type { Call } from './authorizer.ts';
import type { AccessPlan } from './policy.ts';

/**
 * Amazon SQS Developer Guide, "Amazon SQS batch actions": permissions cannot be set for the batch versions of
 * SendMessage, DeleteMessage and ChangeMessageVisibility; they have those of the single ones.
 *
 * @param operation As in `X-Amz-Target`, without the service: `SendMessageBatch`.
 */
export function toSqsCalls(
  operation: string,
  body: unknown,
  { region, accountId }: Pick<AccessPlan, 'region' | 'accountId'>,
): readonly Call[] {
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const { QueueUrl: url, QueueName: name } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const queue = typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : name;
  return [{ action, resource: typeof queue === 'string' ? `arn:aws:sqs:${region}:${accountId}:${queue}` : '*' }];
}
