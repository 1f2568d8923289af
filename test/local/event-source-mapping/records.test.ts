import { describe, expect, it } from 'vitest';
import { toBatches, toReceivedMessage } from '../../../lib/local/event-source-mapping/records.ts';

const SOURCE = { queueArn: 'arn:aws:sqs:us-east-1:000000000000:q', region: 'us-east-1' };
const message = (id: string, body = '') =>
  toReceivedMessage({ MessageId: id, ReceiptHandle: `h-${id}`, Body: body }, SOURCE);

describe('toReceivedMessage', () => {
  it("makes Lambda's record of a message", () => {
    const { record } = toReceivedMessage(
      {
        MessageId: 'm',
        ReceiptHandle: 'h',
        Body: '{"v":1}',
        MD5OfBody: 'md5',
        MD5OfMessageAttributes: 'md5a',
        Attributes: { ApproximateReceiveCount: '2', SentTimestamp: '1700000000000' },
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 'x' },
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
        },
      },
      SOURCE,
    );
    const lists = { stringListValues: [], binaryListValues: [] };
    expect(record).toEqual({
      messageId: 'm',
      receiptHandle: 'h',
      body: '{"v":1}',
      attributes: { ApproximateReceiveCount: '2', SentTimestamp: '1700000000000' },
      messageAttributes: {
        text: { stringValue: 'x', ...lists, dataType: 'String' },
        bytes: { binaryValue: 'AQID', ...lists, dataType: 'Binary' },
      },
      md5OfMessageAttributes: 'md5a',
      md5OfBody: 'md5',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:q',
      awsRegion: 'us-east-1',
    });
  });
});

describe('toBatches', () => {
  it('puts all messages into one event', () => {
    const messages = [message('a'), message('b')];
    const [batch, ...others] = toBatches(messages);
    expect(others).toEqual([]);
    expect(JSON.parse(batch?.payload ?? '')).toEqual({ Records: messages.map(({ record }) => record) });
  });

  it('splits what is too large for one event, in order', () => {
    const messages = ['a', 'b', 'c'].map((id) => message(id, 'ü'.repeat(500)));
    const batches = toBatches(messages, 3_000);
    expect(batches.map((batch) => batch.messages.map(({ messageId }) => messageId))).toEqual([['a', 'b'], ['c']]);
    for (const { payload } of batches) expect(Buffer.byteLength(payload)).toBeLessThan(3_100);
  });

  it('makes no event of no messages', () => {
    expect(toBatches([])).toEqual([]);
  });
});
