import type { Call } from './authorizer.ts';
import { toKeyCalls } from './key-calls.ts';
import type { AccessPlan } from './policy.ts';

/** Amazon SQS Developer Guide, "Amazon SQS Key management": what senders and receivers need of a queue's key. */
const KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'sqs:ReceiveMessage': ['kms:Decrypt'],
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/**
 * Amazon SQS Developer Guide, "Amazon SQS batch actions": permissions cannot be set for the batch versions of
 * SendMessage, DeleteMessage and ChangeMessageVisibility; they have those of the single ones.
 *
 * @param operation As in `X-Amz-Target`, without the service: `SendMessageBatch`.
 */
export function toSqsCalls(
  operation: string,
  body: unknown,
  plan: Pick<AccessPlan, 'region' | 'accountId' | 'keys'>,
): readonly Call[] {
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const { QueueUrl: url, QueueName: name } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const queue = typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : name;
  const resource = typeof queue === 'string' ? `arn:aws:sqs:${plan.region}:${plan.accountId}:${queue}` : '*';
  return [{ action, resource }, ...toKeyCalls({ resource, service: 'sqs', actions: KEY_ACTIONS[action] ?? [] }, plan)];
}
