import { ENV } from '../../core/names.ts';
import { startEventSourceMapping } from '../event-source-mapping/mapping.ts';
import type { HttpFront } from '../http/front.ts';
import type { Authorizer, Session } from '../iam/index.ts';
import type { InvokeRequest } from '../lambda/invocation.ts';
import { type LocalFunction, startFunction } from '../lambda/local-function.ts';
import type { RuntimeApi } from '../lambda/runtime-api.ts';
import type { Spawner } from '../processes/index.ts';
import { describeRefusals } from '../reload/index.ts';
import { startSchedule } from '../schedule.ts';
import type { StackPlan } from '../template/plan.ts';
import { StackError } from './errors.ts';
import { labelFunctions } from './function-labels.ts';
import { Invocations } from './invocations.ts';
import type { OnLine } from './on-line.ts';
import type { StopOptions } from './releases.ts';
import { ServiceCalls } from './service-calls.ts';
import { type StackAddress, toServiceEnvironment } from './stack-address.ts';

export interface WorkOptions {
  readonly plan: StackPlan;
  readonly address: StackAddress;
  /** Where the functions find secrets by name; it need not exist. Absolute. */
  readonly secretsFile: string;
  /** Where the functions shall die, for crash tests. */
  readonly failpoints: string | undefined;
  readonly accountId: string;
  /** Where secrets are asked for. */
  readonly secretsEndpoint: string;
  readonly authorizer: Authorizer;
  readonly front: HttpFront;
  readonly runtimeApi: RuntimeApi;
  readonly spawner: Spawner;
  readonly onLine: OnLine;
  readonly colors: boolean;
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

interface ScheduledTick {
  readonly functionName: string;
  /** Beside the ticks of its rate. */
  readonly tick: () => void;
}

/** All that makes jobs move: the functions and what invokes them. */
export interface Work {
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly schedules: readonly ScheduledTick[];
  /** May be called again with less patience. */
  readonly stop: (options: StopOptions) => Promise<void>;
}

/** Rejects with {@link StackError} `code-unloadable` where a function cannot load its code; nothing has been invoked then. */
export async function startWork({
  plan,
  address,
  secretsFile,
  failpoints,
  accountId,
  secretsEndpoint,
  authorizer,
  front,
  runtimeApi,
  spawner,
  onLine,
  colors,
  signal,
}: WorkOptions): Promise<Work> {
  const { region } = address;
  const administrator = { accessKeyId: address.accessKeyId, secretAccessKey: address.secretAccessKey };
  const calls = new ServiceCalls({ plan, authorizer });
  calls.assertDeployable();
  const labels = labelFunctions(plan.functions.map(({ logicalId }) => logicalId));
  const functions = new Map(
    plan.functions.map((functionPlan): [string, LocalFunction] => [
      functionPlan.name,
      startFunction({
        plan: functionPlan,
        region,
        environment: {
          ...toServiceEnvironment({ ...address, ...sessionOf(plan, functionPlan.name) }),
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsEndpoint,
          [ENV.secretsFile]: secretsFile,
          ...(failpoints === undefined ? {} : { [ENV.failpoints]: failpoints }),
        },
        runtimeApi,
        spawner,
        onLine: ({ text, stream }) =>
          onLine(labels.get(functionPlan.logicalId) ?? functionPlan.name, text, stream === 'stderr' ? 'error' : 'info'),
      }),
    ]),
  );
  const invocations = new Invocations({ plan, functions, calls });

  await loadCode({ plan, functions, labels, colors, signal });

  const mappings = plan.eventSourceMappings
    .filter(({ enabled }) => enabled)
    .map((mapping) => {
      return startEventSourceMapping({
        plan: mapping,
        region,
        sqsEndpoint: address.sqs,
        credentials: sessionOf(plan, mapping.functionName),
        administrator,
        invoke: (request) => invocations.byQueue(mapping.functionName, request),
        onNotice: (notice) => onLine('runtime', notice, 'warn'),
      });
    });
  const schedules = plan.schedules
    .filter(({ enabled }) => enabled)
    .map((schedule) => {
      const invokeAsync = (request: InvokeRequest): void => invocations.bySchedule(schedule, request);
      const started = startSchedule({ plan: schedule, invokeAsync });
      return { ...started, functionName: schedule.functionName };
    });
  if (plan.httpApi !== undefined) {
    front.serve({
      api: plan.httpApi,
      region,
      accountId,
      credentials: administrator,
      invoke: (name, request, routeKey) => invocations.byApi(name, request, routeKey),
      onNotice: (notice) => onLine('runtime', notice, 'warn'),
    });
  }
  return {
    functions,
    schedules,
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

const sessionOf = ({ access }: StackPlan, functionName: string): Session => {
  const session = access.sessions.find((candidate) => candidate.functionName === functionName);
  if (session !== undefined) return session;
  throw new StackError('template-incomplete', `Expected the template to hold the function ${functionName}.`);
};

interface LoadOptions {
  readonly plan: StackPlan;
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly labels: ReadonlyMap<string, string>;
  readonly colors: boolean;
  readonly signal: AbortSignal;
}

/** Whoever starts a stack whose jobs could only wait wants to know it now. The environments take the first invocations. */
async function loadCode({ plan, functions, labels, colors, signal }: LoadOptions): Promise<void> {
  const tried = await Promise.all(
    plan.functions.map(async ({ name, logicalId, origin, codeDirectory }) => ({
      label: labels.get(logicalId) ?? name,
      origin,
      trial: await functions.get(name)?.tryCode(codeDirectory, signal),
    })),
  );
  const refusals = tried.flatMap(({ label, origin, trial }) =>
    trial?.kind === 'refused' ? [{ label, origin, refusal: trial }] : [],
  );
  if (signal.aborted || refusals.length > 0) {
    await Promise.all([...functions.values()].map((started) => started.stop({ graceMs: 0 })));
    if (signal.aborted) throw new StackError('aborted', 'Stopped while the functions loaded their code.');
    const reasons = await describeRefusals(refusals, { colors });
    throw new StackError(
      'code-unloadable',
      `Nothing was started: these functions cannot load their code, and their jobs would only wait. Mend it and start again.\n\n${reasons}`,
    );
  }
  for (const { trial } of tried) {
    if (trial?.kind === 'loaded') await trial.adopt({ endsRunning: false });
  }
}
