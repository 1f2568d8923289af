import type { FunctionPlan } from '../template/plan.ts';

export interface EnvironmentVariablesInput {
  readonly plan: FunctionPlan;
  readonly region: string;
  readonly runtimeApi: string;
  readonly logStreamName: string;
  /** What the caller adds: endpoints, credentials. Stronger than the template's. */
  readonly extra: Readonly<Record<string, string>>;
  /** Of the local runtime itself, for the few variables without which no process runs. */
  readonly host: Readonly<Record<string, string | undefined>>;
}

/** All that a function's process gets from the process that starts it. `SystemRoot` is for Windows. */
const INHERITED = ['PATH', 'SystemRoot'] as const;

/**
 * The whole environment of a function's process: as Lambda sets it, then the template's, then the caller's. A variable
 * that happens to be set in somebody's shell must not make a function work here that would fail when deployed.
 */
export const createEnvironmentVariables = (input: EnvironmentVariablesInput): Readonly<Record<string, string>> => {
  const { plan, region, runtimeApi, logStreamName, extra, host } = input;
  const inherited = INHERITED.flatMap((name): [string, string][] => {
    const value = host[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(inherited),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...plan.environment,
    ...extra,
    _HANDLER: plan.handler,
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memorySizeMb),
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: plan.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: plan.codeDirectory,
  };
};
