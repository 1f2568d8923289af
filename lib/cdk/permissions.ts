import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queues } from './queues.ts';
import type { JobsTable } from './storage.ts';
import { type Conditions, onlyThrough } from './via-service.ts';

/** What somebody may do, by the resource it is done to. Only resources of this stack; never a wildcard. */
export interface Permissions {
  readonly table?: readonly string[];
  readonly index?: readonly string[];
  readonly queue?: readonly string[];
  readonly deadLetterQueue?: readonly string[];
}

/**
 * Everything that anybody may do. An action stands here because code calls it, so a new call in a store or a queue starts
 * with a line here.
 */
export const PERMISSIONS = {
  /** A conditional put, the read that follows a refused one (reads come in batches, also of one), and the message. */
  submit: {
    table: ['dynamodb:PutItem', 'dynamodb:BatchGetItem'],
    queue: ['sqs:SendMessage'],
  },
  api: {
    table: ['dynamodb:PutItem', 'dynamodb:BatchGetItem'],
    queue: ['sqs:SendMessage'],
  },
  producer: {
    table: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
    index: ['dynamodb:Query'],
    queue: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    deadLetterQueue: ['sqs:SendMessage'],
  },
  /** `ReceiveMessage`, `DeleteMessage` and `GetQueueAttributes` are what Lambda itself does in the consumer's name. */
  consumer: {
    table: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
    queue: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
    ],
    deadLetterQueue: ['sqs:SendMessage'],
  },
} as const satisfies Record<string, Permissions>;

export interface Resources {
  readonly storage: JobsTable;
  readonly queues: Queues;
  /** Of the customer; absent for keys that AWS owns. */
  readonly key: IKey | undefined;
}

export interface Allowance {
  readonly actions: string[];
  readonly resourceArns: string[];
  readonly conditions?: Conditions;
}

/**
 * For everybody above, since all of them read or write the table and send messages. DynamoDB decrypts a table's key in the caller's name
 * (AWS KMS Developer Guide, "How Amazon DynamoDB uses AWS KMS"); SQS makes a data key for messages that are sent, and decrypts it for
 * senders and receivers alike (Amazon SQS Developer Guide, "Amazon SQS Key management").
 */
const KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'] as const;

/** One entry per resource, each with exactly its actions, sorted: feature flags of an app then cannot change the template. */
export function toAllowances(permissions: Permissions, { storage, queues, key }: Resources): readonly Allowance[] {
  const entries: readonly (readonly [readonly string[] | undefined, string])[] = [
    [permissions.table, storage.table.tableArn],
    [permissions.index, storage.indexArn],
    [permissions.queue, queues.queue.queueArn],
    [permissions.deadLetterQueue, queues.deadLetterQueue.queueArn],
  ];
  const allowances = entries.flatMap(([actions, arn]) =>
    actions === undefined ? [] : [{ actions: [...actions].sort(), resourceArns: [arn] }],
  );
  return key === undefined ? allowances : [...allowances, toKeyAllowance(key)];
}

const toKeyAllowance = ({ keyArn }: IKey): Allowance => ({
  actions: [...KEY_ACTIONS],
  resourceArns: [keyArn],
  conditions: onlyThrough('dynamodb', 'sqs'),
});

/** The ARN of a log group ends in `:*`, since Lambda makes up the names of its streams; it is still this group only. */
export function logStatement(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}
