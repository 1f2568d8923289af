import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoDocumentClient } from '../../lib/dynamodb/index.ts';

const REGION = { region: 'us-east-1' };
const logsIn = ({ middlewareStack }: Pick<DynamoDBClient, 'middlewareStack'>): boolean =>
  middlewareStack.identify().some((entry) => entry.startsWith('loggerMiddleware'));

describe('createDynamoDocumentClient', () => {
  it('describes its calls only where somebody listens', () => {
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    expect(logsIn(createDynamoDocumentClient(REGION))).toBe(false);
    expect(logsIn(createDynamoDocumentClient({ ...REGION, logger }))).toBe(true);
    expect(logsIn(new DynamoDBClient(REGION))).toBe(true);
  });
});
