import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/** Under way at once. */
const CONCURRENCY = 25;

/** The yardstick: claims without a job behind them, one conditional update of a small item each. */
export async function writeSmallItems(table: DynamoDBDocumentClient, tableName: string, count: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      await table.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { id: `bench-write-${index}` },
          UpdateExpression: 'SET #text = :text',
          ConditionExpression: 'attribute_not_exists(#status)',
          ExpressionAttributeNames: { '#text': 'text', '#status': 'status' },
          ExpressionAttributeValues: { ':text': 'x'.repeat(600) },
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}
