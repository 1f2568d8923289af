import { describe, expect, it } from 'vitest';
import { readBatchResponse } from '../../../lib/local/event-source-mapping/batch-response.ts';

const IDS = new Set(['a', 'b']);
const read = (payload: string) => readBatchResponse(payload, IDS);

describe('readBatchResponse', () => {
  it.each(['null', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}', '{"somethingElse":1}'])(
    'takes %s for success',
    (payload) => {
      expect(read(payload)).toEqual({ kind: 'settled', failedIds: new Set() });
    },
  );

  it('finds the failures', () => {
    const payload = '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}';
    expect(read(payload)).toEqual({ kind: 'settled', failedIds: new Set(['b']) });
  });

  it.each([
    ['invalid JSON', '{'],
    ['nothing at all', ''],
    ['a text', '"fine"'],
    ['a list', '[{"itemIdentifier":"a"}]'],
    ['failures that are no list', '{"batchItemFailures":{"itemIdentifier":"a"}}'],
    ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}'],
    ['a null identifier', '{"batchItemFailures":[{"itemIdentifier":null}]}'],
    ['an unknown identifier', '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"z"}]}'],
    ['a wrong key name', '{"batchItemFailures":[{"messageId":"a"}]}'],
    ['an identifier without its object', '{"batchItemFailures":["a"]}'],
  ])('fails the whole batch on %s', (_what, payload) => {
    expect(read(payload)).toMatchObject({ kind: 'malformed' });
  });
});
