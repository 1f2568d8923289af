import type { Statement } from '../iam/index.ts';

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** AWS Managed Policy Reference Guide: what constructs attach to a function's role by themselves. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': LOGS,
  'service-role/AWSLambdaSQSQueueExecutionRole': [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    ...LOGS,
  ],
};

/** Undefined for a policy of AWS that is not known here. */
export const managedStatements = (arn: string): readonly Statement[] | undefined => {
  const name = arn.replace(/^arn:aws:iam::aws:policy\//, '');
  const patterns = ACTIONS[name];
  if (patterns === undefined) return undefined;
  return [
    {
      origin: name,
      effect: 'Allow',
      actions: { kind: 'these', patterns },
      resources: { kind: 'these', patterns: ['*'] },
      conditions: [],
    },
  ];
};
