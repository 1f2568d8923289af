import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { parseMessage } from '../../../lib/core/index.ts';
import type { ReceivedMessage } from '../../../lib/memory/index.ts';

/** Received messages as Lambda hands them to a function. */
export function toSqsEvent(messages: readonly ReceivedMessage[]): SQSEvent {
  return { Records: messages.map(toRecord) };
}

/** The job that a received message is about; empty for one that nobody can read. */
export function jobIdOf({ body }: ReceivedMessage): string {
  return parseMessage(body)?.id ?? '';
}

function toRecord({ messageId, receiptHandle, body, receiveCount, sentAt }: ReceivedMessage): SQSRecord {
  return {
    messageId,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: String(sentAt),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:jobs',
    awsRegion: 'us-east-1',
  };
}
