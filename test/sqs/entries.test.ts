import { describe, expect, test } from 'vitest';
import { type Entry, toBatches, toDeadEntry, toEntry } from '../../lib/sqs/entries.ts';

describe('a message', () => {
  test('says which job to look at, and nothing that goes without saying', () => {
    expect(toEntry({ message: { id: 'job-1' }, delayMs: 0 })).toEqual({ MessageBody: '{"v":1,"id":"job-1"}' });
  });

  test.each([
    [0, undefined],
    [-5, undefined],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [900_000, 900],
    [900_001, 900],
    [Number.POSITIVE_INFINITY, 900],
  ])('that waits %i ms waits %s seconds', (delayMs, seconds) => {
    expect(toEntry({ message: { id: 'a' }, delayMs }).DelaySeconds).toBe(seconds);
  });

  test.each(['tenant-1', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 'x'.repeat(128)])(
    'has a group that SQS takes: %s',
    (group) => {
      expect(toEntry({ message: { id: 'a' }, delayMs: 0, group }).MessageGroupId).toBe(group);
    },
  );

  test.each(['', 'a tenant', 'Müller', 'x'.repeat(129), 'a\n'])('has no group that SQS would refuse: %j', (group) => {
    expect(toEntry({ message: { id: 'a' }, delayMs: 0, group })).not.toHaveProperty('MessageGroupId');
  });
});

describe('a dead letter', () => {
  const letter = { message: { id: 'job-1', dead: 3 }, type: 'sleep', reason: 'crashed', detail: 'Out of memory.' };

  test('re-opens its job when it is moved back, and says to people what happened', () => {
    expect(toDeadEntry(letter)).toEqual({
      MessageBody: '{"v":1,"id":"job-1","dead":3}',
      MessageAttributes: {
        type: { DataType: 'String', StringValue: 'sleep' },
        reason: { DataType: 'String', StringValue: 'crashed' },
        detail: { DataType: 'String', StringValue: 'Out of memory.' },
      },
    });
  });

  test('is short, ASCII and never empty in its attributes', () => {
    const { MessageAttributes = {} } = toDeadEntry({
      ...letter,
      type: '',
      reason: 'Müller\r\n\u0000😀',
      detail: '€'.repeat(500),
    });
    expect(Object.keys(MessageAttributes)).toEqual(['reason', 'detail']);
    expect(MessageAttributes['reason']?.StringValue).toBe('M\\u00fcller\\u000d\n\\u0000\\ud83d\\ude00');
    expect(MessageAttributes['detail']?.StringValue).toMatch(/^(\\u20ac)+.*\.\.\.$/);
    expect(MessageAttributes['detail']?.StringValue).toHaveLength(1_000);
  });
});

describe('batches', () => {
  const entryOf = (bytes: number): Entry => ({ MessageBody: 'x'.repeat(bytes) });

  test('hold ten messages', () => {
    const entries = Array.from({ length: 21 }, () => entryOf(10));
    expect(toBatches(entries).map((batch) => batch.length)).toEqual([10, 10, 1]);
    expect(toBatches(entries).flat()).toEqual(entries);
    expect(toBatches([])).toEqual([]);
  });

  test('hold 1 MiB, attributes included', () => {
    const half = 524_288;
    expect(toBatches([entryOf(half), entryOf(half), entryOf(1)]).map((batch) => batch.length)).toEqual([2, 1]);
    const named = { ...entryOf(half), MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } };
    expect(toBatches([named, entryOf(half)]).map((batch) => batch.length)).toEqual([1, 1]);
    expect(toBatches([entryOf(half), named, entryOf(1)]).map((batch) => batch.length)).toEqual([1, 2]);
  });
});
