import {
  type AnyJobDefinition,
  type Clock,
  type CreateResult,
  createJob,
  type Ids,
  type Job,
  type JobQueue,
  type JobStore,
  type Policy,
  type Telemetry,
  type ValidationIssue,
} from '../core/index.ts';
import { checkInput } from './check-input.ts';
import { SubmitError } from './errors.ts';
import { toCanonicalJson } from './json-text.ts';
import { sendMessages, toMessage } from './send-messages.ts';
import { checkOptions, type SubmitOptions } from './submit-options.ts';

export interface SubmitPorts {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly policy: Policy;
  /** Detail of the first line of each job's history. */
  readonly detail?: string;
}

export interface SubmitRequest extends SubmitOptions {
  readonly definition: AnyJobDefinition;
  readonly input: unknown;
}

export type SubmitResult =
  /** `isNew` is false where the idempotency key named a job that was there already. */
  | { readonly kind: 'accepted'; readonly job: Job; readonly isNew: boolean }
  | { readonly kind: 'rejected'; readonly error: SubmitError };

type Prepared =
  | { readonly kind: 'prepared'; readonly job: Job; readonly send: { readonly delayMs: number } | undefined }
  | { readonly kind: 'rejected'; readonly error: SubmitError };

/**
 * Accepts jobs: each is put if its id is new, then its message is sent. The put is the promise; a message that could not be
 * sent costs time only. One bad request does not stop the others.
 */
export async function submitJobs(
  ports: SubmitPorts,
  requests: readonly SubmitRequest[],
): Promise<readonly SubmitResult[]> {
  const prepared = await Promise.all(requests.map((request) => prepare(ports, request)));
  const ready = prepared.filter((entry) => entry.kind === 'prepared');
  const created = ready.length === 0 ? [] : await ports.store.create(ready.map(({ job }) => job));
  const outcomes = new Map(ready.map((entry, index) => [entry as Prepared, conclude(entry.job, created[index])]));
  const results = prepared.map((entry) => (entry.kind === 'rejected' ? entry : (outcomes.get(entry) ?? unavailable())));

  const isNew = (job: Job): boolean =>
    results.some((result) => result.kind === 'accepted' && result.isNew && result.job === job);
  const fresh = ready.filter(({ job }) => isNew(job));
  for (const { job } of fresh) {
    ports.telemetry.submitted(job);
  }
  await sendMessages(
    ports,
    fresh.flatMap(({ job, send }) => (send === undefined ? [] : [toMessage(job, send.delayMs)])),
  );
  return results;
}

async function prepare({ clock, ids, policy, detail }: SubmitPorts, request: SubmitRequest): Promise<Prepared> {
  const { definition, idempotencyKey, group, maxAttempts } = request;
  const input = await checkInput(definition, request.input);
  const now = clock.now();
  const issues = [...checkOptions(request, now), ...(input.kind === 'invalid' ? input.issues : [])];
  if (input.kind === 'invalid' || issues.length > 0) {
    const cause = input.kind === 'invalid' ? input.cause : undefined;
    return rejected(new SubmitError('invalid-input', describe(definition, issues), { issues, cause }));
  }
  const { retry, timeoutMs } = definition;
  const { job, send } = createJob(
    {
      id: idempotencyKey === undefined ? ids.createId() : await ids.digest(`${policy.queueName}\n${idempotencyKey}`),
      type: definition.type,
      input: input.text,
      inputHash:
        idempotencyKey === undefined
          ? undefined
          : await ids.digest(`${definition.type}\n${toCanonicalJson(input.text)}`),
      group,
      dueAt: request.runAt ?? now,
      defaults: { retry: { ...retry, maxAttempts: maxAttempts ?? retry.maxAttempts }, timeoutMs },
      detail,
    },
    { now, policy },
  );
  return { kind: 'prepared', job: idempotencyKey === undefined ? job : { ...job, token: ids.createToken() }, send };
}

const LISTED_ISSUES = 5;

function describe(definition: AnyJobDefinition, issues: readonly ValidationIssue[]): string {
  const listed = issues.slice(0, LISTED_ISSUES).map(({ pointer, message }) => `${pointer}: ${message}`);
  const more = issues.length > LISTED_ISSUES ? [`and ${issues.length - LISTED_ISSUES} more`] : [];
  return `The job "${definition.type}" cannot be accepted: ${[...listed, ...more].join('; ')}`;
}

/**
 * What a put came to. A refused put may be our own, whose answer was lost: an id that was made for this put alone says so, and
 * for an id made from a key the token that the put wrote. The token is there until the first claim; after that the job counts as
 * found, and as submitted by nobody.
 */
function conclude(job: Job, result: CreateResult | undefined): SubmitResult {
  if (result === undefined || (result.kind === 'error' && result.error.code === 'unavailable')) {
    return unavailable(result?.error);
  }
  if (result.kind === 'created') {
    return { kind: 'accepted', job, isNew: true };
  }
  if (result.kind === 'error') {
    return result.error.code === 'denied'
      ? rejected(
          new SubmitError('denied', 'The caller may not submit jobs: its permissions do not allow it.', {
            cause: result.error,
          }),
        )
      : rejected(new SubmitError('invalid-input', 'The job cannot be stored as it is.', { cause: result.error }));
  }
  const { current } = result;
  if (current.kind !== 'job' || current.job.inputHash !== job.inputHash) {
    return rejected(
      new SubmitError(
        'idempotency-conflict',
        'Another job was submitted under this idempotency key, with another type or input. Use a new key for a new job.',
        { issues: [{ pointer: '/idempotencyKey', message: 'This key belongs to a job with another type or input.' }] },
      ),
    );
  }
  const isOwn = job.inputHash === undefined || current.job.token === job.token;
  return isOwn ? { kind: 'accepted', job, isNew: true } : { kind: 'accepted', job: current.job, isNew: false };
}

function unavailable(cause?: Error): SubmitResult {
  return rejected(
    new SubmitError(
      'unavailable',
      'The job store did not answer, so it is not known whether the job was accepted. Try again with an idempotency key.',
      { cause },
    ),
  );
}

function rejected(error: SubmitError): { readonly kind: 'rejected'; readonly error: SubmitError } {
  return { kind: 'rejected', error };
}
