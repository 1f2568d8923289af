import { chunksOf, InvalidDefinitionError, type JobDefinition, mapBounded, valueInWords } from '../core/index.ts';
import { getJob, type SubmitError, type SubmitPorts, submitJobs, toJobView, waitForJob } from '../pipeline/index.ts';
import { createAwsPorts } from './aws-ports.ts';
import { assertDefinition, assertId, assertInputs, assertOptions } from './check-arguments.ts';
import { JobClientError, toClientError } from './errors.ts';
import { readOptions } from './from-env.ts';
import { assertClientOptions, type JobClientOptions, toPolicy } from './options.ts';
import { SUBMIT_OPTIONS, type SubmitOptions, toPipelineOptions } from './submit-options.ts';
import { type FinalJobView, isFinalView, type JobId, type JobView, type ResultOf } from './typed-job.ts';

export interface WaitOptions {
  /** How long to wait at most. @default 60000 */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait early; the job goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** Any definition whose input and output have these types, with whatever its schema makes of the input. */
type Definition<Input, Output> = Pick<
  JobDefinition<Input, unknown, Output>,
  'kind' | 'type' | 'input' | 'output' | 'retry' | 'timeoutMs'
>;

/** What came of one input of `submitMany`. */
export type SubmitOutcome<Result = unknown> =
  | { readonly kind: 'accepted'; readonly job: JobView<Result> }
  | { readonly kind: 'rejected'; readonly error: SubmitError };

/** An idempotency key names one job, so many jobs have none. */
export type SubmitManyOptions = Omit<SubmitOptions, 'idempotencyKey'>;

const SUBMIT_MANY_OPTIONS = SUBMIT_OPTIONS.filter((name) => name !== 'idempotencyKey');

const WAIT_MS = 60_000;
/** Jobs that are put side by side and then sent together, in tens. */
const MANY_BATCH = 50;
const MANY_AT_ONCE = 2;

/**
 * Submits jobs and looks after them, straight at the table and the queue. Made once and used for long: its connections are
 * opened with the first request and kept.
 */
export class JobClient {
  private readonly connect: () => SubmitPorts;
  private connected: SubmitPorts | undefined;

  /**
   * `ports` stand in for AWS, in tests for example.
   *
   * @throws InvalidDefinitionError when an option is missing or out of its range
   */
  constructor(options: JobClientOptions | { readonly ports: SubmitPorts }) {
    if (typeof options === 'object' && options !== null && 'ports' in options) {
      this.connect = () => options.ports;
    } else {
      assertClientOptions(options);
      toPolicy(options);
      this.connect = () => createAwsPorts(options);
    }
  }

  /**
   * A client of the stack that the environment names.
   *
   * @throws InvalidDefinitionError naming what is missing in the environment
   */
  static fromEnv(): JobClient {
    return new JobClient(readOptions());
  }

  /**
   * Accepts a job: once this resolves, the job reaches a final status whatever happens here.
   *
   * @throws SubmitError `invalid-input`, `idempotency-conflict`, `unavailable` or `denied`; InvalidDefinitionError for what is
   *   no definition, and for options that there are not
   */
  async submit<Input, Output>(
    definition: Definition<Input, Output>,
    input: NoInfer<Input>,
    options: SubmitOptions = {},
  ): Promise<JobView<ResultOf<Output>>> {
    assertDefinition(definition);
    assertOptions('submit', options, SUBMIT_OPTIONS);
    const ports = this.ports();
    const request = { definition, input, ...toPipelineOptions(options, ports.clock.now()) };
    const [result] = await submitJobs(ports, [request]);
    if (result?.kind !== 'accepted') {
      throw result?.error ?? new Error('A submit came to nothing.');
    }
    return toJobView(result.job) as JobView<ResultOf<Output>>;
  }

  /**
   * Accepts many jobs of one type, in batches: fewer requests than one by one. Each input has its own outcome, in order; one
   * that is rejected does not stop the others.
   */
  async submitMany<Input, Output>(
    definition: Definition<Input, Output>,
    inputs: readonly NoInfer<Input>[],
    options: SubmitManyOptions = {},
  ): Promise<readonly SubmitOutcome<ResultOf<Output>>[]> {
    assertDefinition(definition);
    assertInputs(inputs);
    assertOptions('submitMany', options, SUBMIT_MANY_OPTIONS);
    const ports = this.ports();
    const outcomes = await mapBounded(chunksOf(inputs, MANY_BATCH), MANY_AT_ONCE, (batch) => {
      const common = toPipelineOptions(options, ports.clock.now());
      return submitJobs(
        ports,
        batch.map((input) => ({ definition, input, ...common })),
      );
    });
    return outcomes
      .flat()
      .map((outcome) =>
        outcome.kind === 'accepted'
          ? { kind: 'accepted', job: toJobView(outcome.job) as JobView<ResultOf<Output>> }
          : outcome,
      );
  }

  /**
   * The job as it stands, or undefined when there is none.
   *
   * @throws JobClientError `unavailable` or `denied`
   */
  async get<Result = unknown>(id: JobId<Result>): Promise<JobView<Result> | undefined> {
    assertId(id);
    const job = await explainingErrors(() => getJob(this.ports(), id));
    return job === undefined ? undefined : (toJobView(job) as JobView<Result>);
  }

  /**
   * Waits until the job has ended, however it did: a failed job resolves too, and its `status` says so.
   *
   * @throws JobClientError `timeout` when it has not ended in time, `not-found`, `unavailable` or `denied`
   */
  async wait<Result = unknown>(id: JobId<Result>, options: WaitOptions = {}): Promise<FinalJobView<Result>> {
    assertId(id);
    assertOptions('wait', options, ['timeoutMs', 'signal']);
    const { timeoutMs = WAIT_MS, signal } = options;
    if (!(typeof timeoutMs === 'number' && timeoutMs >= 0)) {
      throw new InvalidDefinitionError(`timeoutMs of wait is ${valueInWords(timeoutMs)}: use milliseconds from 0.`);
    }
    if (!(signal === undefined || signal instanceof AbortSignal)) {
      throw new InvalidDefinitionError(`signal of wait is ${valueInWords(signal)}: use an AbortSignal.`);
    }
    signal?.throwIfAborted();
    const job = await explainingErrors(() => waitForJob(this.ports(), id, { timeoutMs, signal }));
    if (job === undefined) {
      throw new JobClientError(
        'not-found',
        `There is no job "${id}". Final jobs are deleted at the end of their retention.`,
      );
    }
    const view = toJobView(job);
    if (!isFinalView(view)) {
      signal?.throwIfAborted();
      const message = `The job "${id}" is still ${view.status} after ${timeoutMs} ms. It goes on: wait again, or longer.`;
      throw new JobClientError('timeout', message, { job: view as JobView });
    }
    return view as FinalJobView<Result>;
  }

  private ports(): SubmitPorts {
    this.connected ??= this.connect();
    return this.connected;
  }
}

async function explainingErrors<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw toClientError(error);
  }
}
