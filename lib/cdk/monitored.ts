import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** What the dashboard shows and the alarms watch. */
export interface Monitored {
  readonly table: Table;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly functions: {
    readonly api: LambdaFunction | undefined;
    readonly producer: LambdaFunction;
    readonly consumer: LambdaFunction;
  };
}
