import { BatchGetCommand, NumberValue } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { decodeItem } from '../../lib/dynamodb/item.ts';
import { keepingKeys } from '../../lib/dynamodb/prototype-keys.ts';
import { createAnsweringClient } from './answering-client.ts';

/** The record of an item that DynamoDB sends. */
async function read(item: string): Promise<Readonly<Record<string, unknown>>> {
  const client = createAnsweringClient({ Responses: { jobs: [JSON.parse(item)] } });
  const command = keepingKeys(new BatchGetCommand({ RequestItems: { jobs: { Keys: [{ id: 'a' }] } } }));
  const { Responses } = await client.send(command);
  return decodeItem(Responses?.['jobs']?.[0] ?? {});
}

describe('a key "__proto__"', () => {
  it('comes out of an input as it went in', async () => {
    const { input } = await read(
      '{"input":{"M":{"__proto__":{"S":"a"},"inner":{"L":[{"M":{"__proto__":{"M":{"x":{"N":"1"}}}}}]}}}}',
    );
    expect(JSON.stringify(input)).toBe('{"inner":[{"__proto__":{"x":1}}],"__proto__":"a"}');
  });

  it('lends a map nothing: what is a map in the table reads as a map', async () => {
    const { attempt } = await read('{"attempt":{"M":{"__proto__":{"N":"5"}}}}');
    expect(attempt).not.toBeInstanceOf(NumberValue);
    expect(attempt).toBeTypeOf('object');
  });

  it('of an item is one attribute among others', async () => {
    const record = await read('{"id":{"S":"a"},"__proto__":{"M":{"status":{"S":"queued"}}}}');
    expect([record['id'], record['status']]).toEqual(['a', undefined]);
  });
});
