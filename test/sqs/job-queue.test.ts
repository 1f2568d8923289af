import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { OutgoingMessage } from '../../lib/core/index.ts';
import { createSqsClient, createSqsJobQueue } from '../../lib/sqs/index.ts';

const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs';
const DEAD_LETTER_QUEUE_URL = `${QUEUE_URL}-dead`;

function setup() {
  const sqs = mockClient(SQSClient);
  onTestFinished(() => sqs.restore());
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const queue = createSqsJobQueue({
    client: createSqsClient({ region: 'us-east-1' }),
    queueUrl: QUEUE_URL,
    deadLetterQueueUrl: DEAD_LETTER_QUEUE_URL,
    logger,
  });
  const sent = () => sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input);
  return { sqs, queue, logger, sent };
}

const messagesTo = (...ids: readonly string[]): readonly OutgoingMessage[] =>
  ids.map((id) => ({ message: { id }, delayMs: 0 }));

const answered = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(`${name} for ${QUEUE_URL}`), { name, $metadata: { httpStatusCode } });

const allSent = ({ Entries = [] }: SendMessageBatchCommandInput) => ({
  Successful: Entries.map(({ Id }) => ({ Id, MessageId: 'a', MD5OfMessageBody: 'b' })),
  Failed: [],
});

describe('send', () => {
  test('sends in tens, messages to the queue and letters to the dead-letter queue', async () => {
    const { sqs, queue, sent } = setup();
    sqs.on(SendMessageBatchCommand).callsFake(allSent);
    await queue.send(messagesTo(...Array.from({ length: 11 }, (_, index) => `job-${index}`)));
    await queue.sendDeadLetters([{ message: { id: 'a', dead: 1 }, type: 't', reason: 'r', detail: 'd' }]);
    expect(sent().map(({ QueueUrl, Entries = [] }) => [QueueUrl, Entries.length])).toEqual([
      [QUEUE_URL, 10],
      [QUEUE_URL, 1],
      [DEAD_LETTER_QUEUE_URL, 1],
    ]);
    expect(sent()[0]?.Entries?.map(({ Id }) => Id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test.each([
    [{ Code: 'InvalidMessageContents', SenderFault: true }, 'invalid'],
    [{ Code: 'InternalError', SenderFault: false }, 'unavailable'],
    [{ Code: 'ThrottlingException', SenderFault: true }, 'unavailable'],
    [{ Code: 'KmsThrottled', SenderFault: true }, 'unavailable'],
    [{ Code: 'KmsAccessDenied', SenderFault: true }, 'denied'],
    [{ Code: 'AccessDenied', SenderFault: true }, 'denied'],
  ])('tells entry by entry what failed: %j', async (failure, code) => {
    const { sqs, queue } = setup();
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [
        { Id: '2', MessageId: 'a', MD5OfMessageBody: 'b' },
        { Id: '0', MessageId: 'a', MD5OfMessageBody: 'b' },
      ],
      Failed: [{ Id: '1', ...failure }],
    });
    expect(await queue.send(messagesTo('a', 'b', 'c'))).toEqual([
      { kind: 'sent' },
      { kind: 'error', error: expect.objectContaining({ name: 'AccessError', code }) },
      { kind: 'sent' },
    ]);
  });

  test('counts as not sent what the answer leaves out', async () => {
    const { sqs, queue } = setup();
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    expect(await queue.send(messagesTo('a'))).toMatchObject([{ kind: 'error', error: { code: 'unavailable' } }]);
  });

  test('lets no other message suffer for one that SQS refuses with the whole request', async () => {
    const { sqs, queue, sent } = setup();
    sqs.on(SendMessageBatchCommand).callsFake((input: SendMessageBatchCommandInput) => {
      if (input.Entries?.some(({ MessageBody }) => MessageBody?.includes('"bad"'))) {
        throw answered('InvalidParameterValue', 400);
      }
      return allSent(input);
    });
    expect(await queue.send(messagesTo('a', 'bad', 'c'))).toEqual([
      { kind: 'sent' },
      { kind: 'error', error: expect.objectContaining({ code: 'invalid' }) },
      { kind: 'sent' },
    ]);
    expect(sent()).toHaveLength(4);
  });

  test('lets no other request suffer for one that fails', async () => {
    const { sqs, queue } = setup();
    sqs.on(SendMessageBatchCommand).callsFake((input: SendMessageBatchCommandInput) => {
      if (input.Entries?.length === 10) {
        throw answered('ServiceUnavailable', 503);
      }
      return allSent(input);
    });
    const results = await queue.send(messagesTo(...Array.from({ length: 12 }, (_, index) => `job-${index}`)));
    expect(results.map(({ kind }) => kind)).toEqual([...Array.from({ length: 10 }, () => 'error'), 'sent', 'sent']);
  });
});

describe('an error', () => {
  test.each([
    ['RequestThrottled', 400, 'unavailable'],
    ['ThrottlingException', 400, 'unavailable'],
    ['OverLimit', 403, 'unavailable'],
    ['InternalFailure', 500, 'unavailable'],
    ['TimeoutError', 0, 'unavailable'],
    ['AccessDenied', 403, 'denied'],
    ['QueueDoesNotExist', 400, 'denied'],
    ['InvalidClientTokenId', 403, 'denied'],
    ['CredentialsProviderError', 0, 'denied'],
    ['BatchRequestTooLong', 400, 'invalid'],
  ])('%s (%i) is %s, and its message names neither queue nor account', async (name, status, code) => {
    const { sqs, queue } = setup();
    const cause = answered(name, status);
    sqs.on(SendMessageBatchCommand).rejects(cause).on(GetQueueAttributesCommand).rejects(cause);
    const [result] = await queue.send(messagesTo('a'));
    expect(result).toEqual({ kind: 'error', error: expect.objectContaining({ code, cause }) });
    const error = await queue.depth().then(
      () => expect.fail('expected an error'),
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ name: 'AccessError', code });
    expect(error.message).not.toMatch(/https:|123456789012/);
  });
});

test('depth counts what can be received now', async () => {
  const { sqs, queue } = setup();
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '42' } });
  expect(await queue.depth()).toBe(42);
  expect(sqs.commandCalls(GetQueueAttributesCommand)[0]?.args[0].input).toEqual({
    QueueUrl: QUEUE_URL,
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
});

describe('the inbox', () => {
  const handles = Array.from({ length: 11 }, (_, index) => `handle-${index}`);

  test('deletes and releases in tens, each handle once', async () => {
    const { sqs, queue, logger } = setup();
    sqs.on(DeleteMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [], Failed: [] });
    await queue.acknowledge([...handles, ...handles]);
    await queue.release(handles);
    await queue.acknowledge([]);
    expect(sqs.calls().map(({ args }) => args[0].input)).toMatchObject([
      { QueueUrl: QUEUE_URL, Entries: { length: 10, 0: { Id: '0', ReceiptHandle: 'handle-0' } } },
      { QueueUrl: QUEUE_URL, Entries: { length: 1, 0: { Id: '0', ReceiptHandle: 'handle-10' } } },
      { QueueUrl: QUEUE_URL, Entries: { length: 10, 0: { Id: '0', ReceiptHandle: 'handle-0', VisibilityTimeout: 0 } } },
      { QueueUrl: QUEUE_URL, Entries: { length: 1 } },
    ]);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  test('never rejects, goes on after a request that fails, and tells the logger', async () => {
    const { sqs, queue, logger } = setup();
    sqs.on(DeleteMessageBatchCommand).rejects(answered('ServiceUnavailable', 503));
    sqs
      .on(ChangeMessageVisibilityBatchCommand)
      .resolves({ Successful: [], Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid', SenderFault: true }] });
    await queue.acknowledge(handles);
    await queue.release(['handle-0']);
    expect(logger.warn.mock.calls).toEqual([
      ['Messages could not be deleted', { messages: 10, error: expect.objectContaining({ code: 'unavailable' }) }],
      ['Messages could not be deleted', { messages: 1, error: expect.objectContaining({ code: 'unavailable' }) }],
      ['A message could not be released', { error: expect.objectContaining({ code: 'invalid' }) }],
    ]);
  });
});
