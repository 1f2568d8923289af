import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ENV } from '../../core/names.ts';
import { startDynamoDbEngine, startSqsS3Engine } from '../engines/index.ts';
import { startHttpFront } from '../http/front.ts';
import { AccessLog, type AccessPlan, type AccessRecord, Authorizer, Gate } from '../iam/index.ts';
import { startRuntimeApi } from '../lambda/runtime-api.ts';
import { ChildSpawner } from '../processes/index.ts';
import { startSecretsManager } from '../secrets/secrets-manager.ts';
import { readAssemblies } from '../template/assembly.ts';
import { planStacks } from '../template/plan-stack.ts';
import { acquireDataDirectory, createTemporaryDirectory, type DataDirectory } from './data-directory.ts';
import { StackError } from './errors.ts';
import { type JobHints, readJobHints } from './job-hints.ts';
import type { OnLine } from './on-line.ts';
import { explainPortInUse, type Ports, planPorts } from './ports.ts';
import { provisionTables } from './provision-tables.ts';
import { toQueueDefinition } from './queue-definition.ts';
import { Releases, type StopOptions } from './releases.ts';
import {
  readClientSettings,
  readOutputs,
  readSecretNames,
  type StackAddress,
  toEnvironmentFile,
} from './stack-address.ts';
import { startReload } from './start-reload.ts';
import { type CdkProject, readProject, synthesize } from './synthesize.ts';
import { startWork, type Work } from './work.ts';

/** Engines write to disk when asked to stop, which takes milliseconds unless the disk is at its limit. */
const ENGINE_GRACE_MS = 1_000;

const LOCAL_ACCOUNT = {
  region: 'us-east-1',
  // The only one that the SQS engine knows.
  accountId: '000000000000',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

export interface StackOptions {
  /** Directory of the CDK project. */
  readonly project: string;
  /** Of the API; the engines take the ones above. 0 takes free ones. */
  readonly port: number;
  /** Where everything lies that survives a restart; absent keeps nothing. */
  readonly data?: string;
  /** Of whoever started us; for the CDK app. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: OnLine;
  /** Gives functions new code when their files are edited; absent, they keep the one they started with. */
  readonly reload?: { readonly colors: boolean };
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

export interface RunningStack {
  readonly address: StackAddress;
  /** Path of the file to `source`. */
  readonly environmentFile: string;
  readonly jobHints: JobHints;
  /** Settles only if the stack cannot go on, with the reason; it is still to be stopped then. */
  readonly failed: Promise<Error>;
  /** Who may do what, and what has been asked for so far. */
  readonly access: { readonly plan: AccessPlan; readonly records: () => readonly AccessRecord[] };
  /** Lets every schedule tick now, beside its rate: for those who cannot wait for the minute. */
  readonly tick: () => void;
  /**
   * Takes no new jobs, lets running handlers end for `graceMs`, then ends every process. May be called again with less
   * patience.
   */
  readonly stop: (options: StopOptions) => Promise<void>;
}

/** Rejects with an error that says what to do, and leaves nothing behind then. */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const releases = new Releases();
  const ports = planPorts(options.port);
  // Before anything is written: this may be the wrong directory.
  const project = await readProject(options.project);
  try {
    const directory = await acquire(options.data);
    releases.push(() => directory.release());
    return await startOn(directory, project, ports, options, releases);
  } catch (error) {
    await releases.run({ graceMs: 0 });
    throw explainPortInUse(error, ports);
  }
}

const acquire = (data: string | undefined): Promise<DataDirectory> =>
  data === undefined ? createTemporaryDirectory() : acquireDataDirectory(data);

async function startOn(
  directory: DataDirectory,
  project: CdkProject,
  ports: Ports,
  options: StackOptions,
  releases: Releases,
): Promise<RunningStack> {
  const { environment, onLine } = options;
  const { region, accountId, credentials } = LOCAL_ACCOUNT;
  const spawner = new ChildSpawner();
  releases.push(() => spawner.close());
  const onNotice = (text: string): void => onLine('runtime', text, 'info');
  const hold = async <T>(starting: Promise<T>, release: (started: T) => Promise<unknown>): Promise<T> => {
    const started = await starting;
    releases.push(() => release(started));
    return started;
  };

  const stopEngine = (engine: { stop: (options: StopOptions) => Promise<void> }): Promise<void> =>
    engine.stop({ graceMs: ENGINE_GRACE_MS });
  const access = new AccessLog((refusal) => onLine('runtime', `Refused as on AWS: ${refusal}.`, 'error'));
  const onAccess = access.add;
  const [front, dynamodb, sqsS3, secretsManager, runtimeApi] = await allOrFirstFailure(options.signal, (signal) => [
    hold(startHttpFront({ port: ports.api }), (started) => started.stop()),
    hold(
      startDynamoDbEngine({
        spawner,
        port: ports.dynamodb,
        ...(directory.database !== undefined && { directory: directory.database }),
        onNotice,
        onAccess,
      }),
      stopEngine,
    ),
    hold(startSqsS3Engine({ spawner, sqsPort: ports.sqs, s3Port: ports.s3, onNotice, onAccess }), stopEngine),
    hold(startSecretsManager(), (started) => started.stop()),
    hold(startRuntimeApi(), (started) => started.stop()),
    synthesize({ project, output: directory.assembly, region, accountId, environment, spawner, signal }),
  ]);

  const plan = planStacks(await readAssemblies(directory.assembly), {
    region,
    accountId,
    sqsEndpoint: sqsS3.sqsEndpoint,
    apiUrl: front.url,
  });
  await Promise.all([dynamodb.setAccess(plan.access), sqsS3.setAccess(plan.access)]);
  secretsManager.serve({
    gate: new Gate(onAccess, plan.access),
    region,
    accountId,
    secrets: plan.secrets,
    names: readSecretNames(plan.functions),
    file: resolve(directory.secretsFile),
  });
  await provisionTables(dynamodb.client, plan.tables);
  await sqsS3.createQueues(plan.queues.map(toQueueDefinition));
  const address: StackAddress = {
    api: front.url,
    dynamodb: dynamodb.endpoint,
    sqs: sqsS3.sqsEndpoint,
    s3: sqsS3.s3Endpoint,
    region,
    ...credentials,
    ...readOutputs(plan.outputs),
  };
  const settings = readClientSettings(plan.functions, address.tableName);
  await writeFile(directory.environmentFile, toEnvironmentFile(address, settings), { mode: 0o600 });
  const colors = options.reload?.colors ?? false;
  const work = await startWork({
    plan,
    address,
    secretsFile: resolve(directory.secretsFile),
    failpoints: environment[ENV.failpoints],
    accountId,
    secretsEndpoint: secretsManager.endpoint,
    authorizer: new Authorizer({ plan: plan.access, onRecord: onAccess }),
    front,
    runtimeApi,
    spawner,
    onLine,
    colors,
    signal: options.signal,
  });
  releases.push((stopOptions) => work.stop(stopOptions));
  if (options.reload !== undefined) {
    const reload = { plan, work, project, directory: directory.assembly, spawner, environment, onLine, colors };
    const { close } = startReload(reload);
    releases.push(close);
  }
  if (options.signal.aborted) {
    throw new StackError('aborted', 'Stopped before it was ready.');
  }
  return {
    address,
    environmentFile: directory.environmentFile,
    jobHints: readJobHints(plan.functions, address.tableName),
    failed: Promise.race([dynamodb.givenUp, sqsS3.givenUp]),
    access: { plan: plan.access, records: () => access.records },
    tick: () => {
      for (const { tick } of work.schedules) tick();
    },
    stop: stopper(work, releases),
  };
}

function stopper(work: Work, releases: Releases): RunningStack['stop'] {
  let stopping: Promise<void> | undefined;
  return async (stopOptions) => {
    if (stopping === undefined) {
      stopping = releases.run(stopOptions);
    } else {
      await work.stop(stopOptions);
    }
    await stopping;
  };
}

/**
 * Waits for all, so that nothing starts behind our back after a failure, and rejects with the failure that came first.
 * The others hear of it through their signal.
 */
async function allOrFirstFailure<T extends readonly unknown[]>(
  outer: AbortSignal,
  start: (signal: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const failed = new AbortController();
  const promises = start(AbortSignal.any([outer, failed.signal])) as readonly Promise<unknown>[];
  const failures: unknown[] = [];
  const settled = await Promise.allSettled(
    promises.map(async (promise) => {
      try {
        return await promise;
      } catch (error) {
        failures.push(error);
        failed.abort();
        throw error;
      }
    }),
  );
  if (failures.length > 0) {
    throw failures[0];
  }
  return settled.map((result) => (result.status === 'fulfilled' ? result.value : undefined)) as unknown as T;
}
