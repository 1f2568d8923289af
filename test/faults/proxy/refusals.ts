/** An answer by which a service says that it did not carry a request out. */
export interface Refusal {
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Service = 'dynamodb' | 'sqs';

const DYNAMODB_TYPE = 'com.amazonaws.dynamodb.v20120810#';
const HOT_KEY = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';

const dynamoDb = (name: string, type: string, status: number, message: string): Refusal => ({
  name,
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({ __type: type, message }),
});

/** SQS names its errors twice: in the body as its JSON protocol does, in a header as its older query protocol did. */
const sqs = (
  name: string,
  status: number,
  query: string,
  message: string,
  type = `com.amazonaws.sqs#${name}`,
): Refusal => ({
  name,
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': query },
  body: JSON.stringify({ __type: type, message }),
});

/** What stands before a service answers with text for people, or with nothing. */
const bare = (name: string, status: number, body: string): Refusal => ({
  name,
  status,
  headers: { 'content-type': 'text/html' },
  body,
});

const GATEWAYS = [
  bare('empty 500', 500, ''),
  bare('503 of a load balancer', 503, '<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>'),
];

/**
 * Throttling and failures in the words of AWS. Sources: "Error handling with DynamoDB", "BatchStatementError" (the messages of
 * throttled tables), "Amazon SQS API Reference, Errors of SendMessageBatch", and the error shapes of the SDK's models (types,
 * status codes and names of the query protocol).
 */
export const REFUSALS: Readonly<Record<Service, readonly Refusal[]>> = {
  dynamodb: [
    dynamoDb(
      'ThrottlingException',
      'com.amazon.coral.availability#ThrottlingException',
      400,
      `Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: ${HOT_KEY}`,
    ),
    dynamoDb(
      'ProvisionedThroughputExceededException',
      `${DYNAMODB_TYPE}ProvisionedThroughputExceededException`,
      400,
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    ),
    dynamoDb(
      'RequestLimitExceeded',
      `${DYNAMODB_TYPE}RequestLimitExceeded`,
      400,
      'Throughput exceeds the current throughput limit for your account. Please contact AWS Support to request a limit increase.',
    ),
    dynamoDb('InternalServerError', `${DYNAMODB_TYPE}InternalServerError`, 500, 'Internal server error'),
    ...GATEWAYS,
  ],
  sqs: [
    sqs('RequestThrottled', 400, 'RequestThrottled;Sender', 'The request was denied due to request throttling.'),
    sqs('KmsThrottled', 400, 'KMS.ThrottlingException;Sender', 'Rate exceeded'),
    sqs('OverLimit', 403, 'OverLimit;Sender', 'The maximum number of in flight messages is reached.'),
    sqs(
      'ThrottlingException',
      400,
      'ThrottlingException;Sender',
      'Rate exceeded',
      'com.amazon.coral.availability#ThrottlingException',
    ),
    sqs('InternalError', 500, 'InternalError;Receiver', 'We encountered an internal error. Please try again.'),
    ...GATEWAYS,
  ],
};
