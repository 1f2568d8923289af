import type { EventSourceMappingPlan, FunctionPlan, QueuePlan, SchedulePlan } from './plan.ts';
import type { PropertyReader } from './property-reader.ts';

export interface Targets {
  readonly functions: readonly FunctionPlan[];
  readonly queues: readonly QueuePlan[];
}

/**
 * The function that a property means: by its name, its ARN, or the address by which API Gateway invokes it. A version or
 * an alias is not known here and therefore not found.
 */
export const findFunction = (properties: PropertyReader, name: string, targets: Targets): FunctionPlan => {
  const wanted = properties.string(name);
  const arn = /functions\/(arn:.+)\/invocations$/.exec(wanted)?.[1] ?? wanted;
  const found = targets.functions.find((candidate) => candidate.name === arn || candidate.arn === arn);
  if (found === undefined) throw properties.invalid(name, 'a function of this template', wanted);
  return found;
};

export const planEventSourceMapping = (properties: PropertyReader, targets: Targets): EventSourceMappingPlan => {
  properties.withoutLocalEffect('KmsKeyArn', 'MetricsConfig', 'Tags');
  const queueArn = properties.string('EventSourceArn');
  const queue = targets.queues.find((candidate) => candidate.arn === queueArn);
  if (queue === undefined) throw properties.invalid('EventSourceArn', 'a queue of this template', queueArn);

  const batchSize = properties.optionalInteger('BatchSize', { min: 1, max: 10_000 }) ?? 10;
  const windowSeconds = properties.optionalInteger('MaximumBatchingWindowInSeconds', { min: 0, max: 300 }) ?? 0;
  if (batchSize > 10 && windowSeconds === 0) {
    throw properties.invalid('BatchSize', 'at most 10 when MaximumBatchingWindowInSeconds is 0', batchSize);
  }
  const target = findFunction(properties, 'FunctionName', targets);
  if (queue.visibilityTimeoutSeconds < target.timeoutSeconds) {
    throw properties.invalid(
      'EventSourceArn',
      `a queue whose visibility timeout is at least the function's timeout (${target.timeoutSeconds} s)`,
      queue.visibilityTimeoutSeconds,
    );
  }
  const maximumConcurrency = properties
    .optionalObject('ScalingConfig')
    ?.optionalInteger('MaximumConcurrency', { min: 2, max: 1_000 });
  const responseTypes = properties.optionalStrings('FunctionResponseTypes');
  if (responseTypes.some((type) => type !== 'ReportBatchItemFailures')) {
    throw properties.invalid('FunctionResponseTypes', '["ReportBatchItemFailures"]', responseTypes);
  }
  return {
    logicalId: properties.resource.logicalId,
    queue,
    functionName: target.name,
    batchSize,
    maximumBatchingWindowSeconds: windowSeconds,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
    reportBatchItemFailures: responseTypes.length > 0,
    enabled: properties.optionalBoolean('Enabled') ?? true,
  };
};

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const readRateMs = (properties: PropertyReader): number => {
  const expression = properties.string('ScheduleExpression');
  const [, amount = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const everyMs = Number(amount) * (UNIT_MS[unit] ?? 0);
  if (everyMs > 0) return everyMs;
  throw properties.invalid('ScheduleExpression', 'rate(N minutes), rate(N hours) or rate(N days)', expression);
};

export const planSchedule = (
  properties: PropertyReader,
  identity: { readonly name: string; readonly arn: string },
  targets: Targets,
): SchedulePlan => {
  properties.withoutLocalEffect('Description', 'GroupName', 'KmsKeyArn', 'Name', 'ScheduleExpressionTimezone');
  properties.object('FlexibleTimeWindow').literal('Mode', ['OFF']);
  const target = properties.object('Target');
  // A schedule hands its event to Lambda's asynchronous queue, which always takes it here: its own retries never begin.
  target.withoutLocalEffect('RetryPolicy', 'DeadLetterConfig');
  const input = target.optionalString('Input');
  if (input?.includes('<aws.scheduler.')) {
    throw target.invalid('Input', 'without context attributes, which are not filled in locally', input);
  }
  return {
    logicalId: properties.resource.logicalId,
    ...identity,
    everyMs: readRateMs(properties),
    functionName: findFunction(target, 'Arn', targets).name,
    roleArn: target.string('RoleArn'),
    ...(input === undefined ? {} : { input }),
    enabled: properties.optionalLiteral('State', ['ENABLED', 'DISABLED']) !== 'DISABLED',
  };
};
