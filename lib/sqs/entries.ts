import type { MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { type DeadLetter, encodeMessage, MAX_QUEUE_DELAY_MS, type OutgoingMessage } from '../core/index.ts';

/** An entry of a batch, but for the id that only its batch gives it. */
export type Entry = Omit<SendMessageBatchRequestEntry, 'Id' | 'MessageBody'> & { readonly MessageBody: string };

/** What SQS allows as a message group. Source: "Amazon SQS message quotas". */
const GROUP = /^[\x21-\x7e]{1,128}$/;

/**
 * A message about a job. The group makes a standard queue fair between tenants; one that SQS would refuse is left out, since a
 * job without fairness is better than none. Delays are rounded up: a message must not come before its job is due.
 */
export function toEntry({ message, delayMs, group }: OutgoingMessage): Entry {
  const delaySeconds = Math.ceil(Math.min(MAX_QUEUE_DELAY_MS, Math.max(0, delayMs)) / 1_000);
  return {
    MessageBody: encodeMessage(message),
    ...(delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds }),
    ...(group !== undefined && GROUP.test(group) ? { MessageGroupId: group } : {}),
  };
}

const MAX_ATTRIBUTE_LENGTH = 1_000;

/** The copy of a failed job: a body that re-opens it when it is moved back, and the reason beside it for people to read. */
export function toDeadEntry({ message, type, reason, detail }: DeadLetter): Entry {
  const attributes = Object.entries({ type, reason, detail })
    .map(([name, value]) => [name, toAscii(value)] as const)
    .filter(([, value]) => value !== '');
  return {
    MessageBody: encodeMessage(message),
    MessageAttributes: Object.fromEntries(
      attributes.map(([name, value]): [string, MessageAttributeValue] => [
        name,
        { DataType: 'String', StringValue: value },
      ]),
    ),
  };
}

/** Readable text of limited length in characters that every queue takes; SQS refuses most control characters. */
function toAscii(text: string): string {
  const escaped = text.replaceAll(
    /[^\x20-\x7e\n\t]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escaped.length <= MAX_ATTRIBUTE_LENGTH ? escaped : `${escaped.slice(0, MAX_ATTRIBUTE_LENGTH - 3)}...`;
}

/** Messages in one request, and what they may weigh together. Source: "Amazon SQS message quotas". */
const MAX_ENTRIES = 10;
const MAX_BATCH_BYTES = 1_048_576;

/** Consecutive entries that go into one request. */
export function toBatches(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const weight = weigh(entry);
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === MAX_ENTRIES || bytes + weight > MAX_BATCH_BYTES) {
      batches.push([entry]);
      bytes = weight;
    } else {
      batch.push(entry);
      bytes += weight;
    }
  }
  return batches;
}

/** Bytes of body and attributes. All of it is ASCII, so characters are bytes. */
function weigh({ MessageBody, MessageAttributes = {} }: Entry): number {
  return Object.entries(MessageAttributes).reduce(
    (bytes, [name, { DataType = '', StringValue = '' }]) => bytes + name.length + DataType.length + StringValue.length,
    MessageBody.length,
  );
}
