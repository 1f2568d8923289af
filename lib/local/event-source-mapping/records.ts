import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';

/** A message that was received and can therefore be deleted. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly record: SqsRecord;
}

interface RecordAttribute {
  readonly stringValue?: string;
  readonly binaryValue?: string;
  readonly stringListValues: readonly string[];
  readonly binaryListValues: readonly string[];
  readonly dataType: string;
}

/** One entry of `Records` in the event that Lambda makes of SQS messages, field for field. */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, RecordAttribute>>;
  readonly md5OfMessageAttributes?: string;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

export interface RecordSource {
  readonly queueArn: string;
  readonly region: string;
}

/** Lambda hands over no event above 6 MB; the rest is for the brackets around the records. */
const MAX_RECORDS_BYTES = 6_291_556 - 1_024;

const toRecordAttribute = (value: MessageAttributeValue): RecordAttribute => ({
  ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
  ...(value.BinaryValue === undefined ? {} : { binaryValue: Buffer.from(value.BinaryValue).toString('base64') }),
  stringListValues: [],
  binaryListValues: [],
  dataType: value.DataType ?? 'String',
});

export const toReceivedMessage = (message: Message, source: RecordSource): ReceivedMessage => {
  const messageId = message.MessageId ?? '';
  const receiptHandle = message.ReceiptHandle ?? '';
  const attributes = Object.entries(message.MessageAttributes ?? {});
  return {
    messageId,
    receiptHandle,
    record: {
      messageId,
      receiptHandle,
      body: message.Body ?? '',
      attributes: { ...message.Attributes },
      messageAttributes: Object.fromEntries(attributes.map(([name, value]) => [name, toRecordAttribute(value)])),
      ...(message.MD5OfMessageAttributes === undefined
        ? {}
        : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
      md5OfBody: message.MD5OfBody ?? '',
      eventSource: 'aws:sqs',
      eventSourceARN: source.queueArn,
      awsRegion: source.region,
    },
  };
};

export interface Batch {
  readonly messages: readonly ReceivedMessage[];
  /** The event, as JSON text. */
  readonly payload: string;
}

/** One event for all messages, or as few as their size allows. */
export const toBatches = (messages: readonly ReceivedMessage[], maxBytes = MAX_RECORDS_BYTES): readonly Batch[] => {
  const groups: { messages: ReceivedMessage[]; texts: string[]; bytes: number }[] = [];
  for (const message of messages) {
    const text = JSON.stringify(message.record);
    const bytes = Buffer.byteLength(text) + 1;
    const last = groups.at(-1);
    if (last === undefined || last.bytes + bytes > maxBytes) {
      groups.push({ messages: [message], texts: [text], bytes });
    } else {
      last.messages.push(message);
      last.texts.push(text);
      last.bytes += bytes;
    }
  }
  return groups.map((group) => ({ messages: group.messages, payload: `{"Records":[${group.texts.join(',')}]}` }));
};
