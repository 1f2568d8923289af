import { Readable } from 'node:stream';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDocumentClient } from '../../lib/dynamodb/index.ts';

/** The product's client, whose every request is answered by this JSON, as if it came from DynamoDB. */
export function createAnsweringClient(answer: object): DynamoDBDocumentClient {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  const body = JSON.stringify(answer);
  return createDynamoDocumentClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { handle: async () => ({ response: { statusCode: 200, headers, body: Readable.from([body]) } }) },
  });
}
