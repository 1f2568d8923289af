import { ENV } from '../../core/names.ts';
import { startEventSourceMapping } from '../event-source-mapping/mapping.ts';
import type { HttpFront } from '../http/front.ts';
import { type LocalFunction, startFunction } from '../lambda/local-function.ts';
import type { RuntimeApi } from '../lambda/runtime-api.ts';
import type { Spawner } from '../processes/index.ts';
import { startSchedule } from '../schedule.ts';
import type { StackPlan } from '../template/plan.ts';
import { StackError } from './errors.ts';
import { labelFunctions } from './function-labels.ts';
import type { OnLine } from './on-line.ts';
import type { StopOptions } from './releases.ts';
import { type StackAddress, toServiceEnvironment } from './stack-address.ts';

export interface WorkOptions {
  readonly plan: StackPlan;
  readonly address: StackAddress;
  /** Where the functions find secrets by name; it need not exist. Absolute. */
  readonly secretsFile: string;
  readonly accountId: string;
  readonly front: HttpFront;
  readonly runtimeApi: RuntimeApi;
  readonly spawner: Spawner;
  readonly onLine: OnLine;
}

/** All that makes jobs move: the functions and what invokes them. */
export interface Work {
  readonly functions: ReadonlyMap<string, LocalFunction>;
  /** May be called again with less patience. */
  readonly stop: (options: StopOptions) => Promise<void>;
}

export function startWork({
  plan,
  address,
  secretsFile,
  accountId,
  front,
  runtimeApi,
  spawner,
  onLine,
}: WorkOptions): Work {
  const { region } = address;
  const credentials = { accessKeyId: address.accessKeyId, secretAccessKey: address.secretAccessKey };
  const labels = labelFunctions(plan.functions.map(({ logicalId }) => logicalId));
  const functions = new Map(
    plan.functions.map((functionPlan): [string, LocalFunction] => [
      functionPlan.name,
      startFunction({
        plan: functionPlan,
        region,
        environment: { ...toServiceEnvironment(address), [ENV.secretsFile]: secretsFile },
        runtimeApi,
        spawner,
        onLine: ({ text, stream }) =>
          onLine(labels.get(functionPlan.logicalId) ?? functionPlan.name, text, stream === 'stderr' ? 'error' : 'info'),
      }),
    ]),
  );
  const functionNamed = (name: string): LocalFunction => {
    const found = functions.get(name);
    if (found === undefined) {
      throw new StackError(
        'template-incomplete',
        `Expected the template to hold the function ${name}, which it invokes.`,
      );
    }
    return found;
  };

  const mappings = plan.eventSourceMappings
    .filter(({ enabled }) => enabled)
    .map((mapping) => {
      const target = functionNamed(mapping.functionName);
      return startEventSourceMapping({
        plan: mapping,
        region,
        sqsEndpoint: address.sqs,
        credentials,
        invoke: (request) => target.invoke(request),
        onNotice: (notice) => onLine('runtime', notice, 'warn'),
      });
    });
  const schedules = plan.schedules
    .filter(({ enabled }) => enabled)
    .map((schedule) => {
      const target = functionNamed(schedule.functionName);
      return startSchedule({ plan: schedule, invokeAsync: (request) => target.invokeAsync(request) });
    });
  if (plan.httpApi !== undefined) {
    front.serve({
      api: plan.httpApi,
      region,
      accountId,
      credentials,
      invoke: (name, request) => functionNamed(name).invoke(request),
      onNotice: (notice) => onLine('runtime', notice, 'warn'),
    });
  }
  return {
    functions,
    stop: async ({ graceMs }) => {
      for (const schedule of schedules) {
        schedule.stop();
      }
      await Promise.all([
        front.stop(),
        ...mappings.map((mapping) => mapping.stop()),
        ...[...functions.values()].map((running) => running.stop({ graceMs })),
      ]);
    },
  };
}
