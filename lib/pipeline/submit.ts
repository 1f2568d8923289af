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
  validate,
} from '../core/index.ts';
import { SubmitError } from './errors.ts';
import { toCanonicalJson, toJsonText } from './json-text.ts';
import { sendMessages } from './send-messages.ts';

export interface SubmitPorts {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly policy: Policy;
}

export interface SubmitRequest {
  readonly definition: AnyJobDefinition;
  readonly input: unknown;
  /** Makes the id: the same key submits the same job. 1 to 256 characters. */
  readonly idempotencyKey?: string | undefined;
  /** Earliest time to run, epoch milliseconds; what is past counts as now, at most a year ahead. */
  readonly runAt?: number | undefined;
  /** Label for fairness between tenants, up to 128 letters, digits and punctuation. */
  readonly group?: string | undefined;
  /** Instead of the definition's, 1 to 100. */
  readonly maxAttempts?: number | undefined;
}

export type SubmitResult =
  /** `isNew` is false where the idempotency key named a job that was there already. */
  | { readonly kind: 'accepted'; readonly job: Job; readonly isNew: boolean }
  | { readonly kind: 'rejected'; readonly error: SubmitError };

type Prepared =
  | { readonly kind: 'prepared'; readonly job: Job; readonly send: { readonly delayMs: number } | undefined }
  | { readonly kind: 'rejected'; readonly error: SubmitError };

const MAX_DELAY_MS = 366 * 24 * 3_600_000;

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
    fresh.flatMap(({ job, send }) =>
      send === undefined
        ? []
        : [
            {
              message: { id: job.id },
              delayMs: send.delayMs,
              ...(job.group === undefined ? {} : { group: job.group }),
            },
          ],
    ),
  );
  return results;
}

async function prepare({ clock, ids, policy }: SubmitPorts, request: SubmitRequest): Promise<Prepared> {
  const { definition, idempotencyKey, group, maxAttempts } = request;
  const issues = [...checkOptions(request, clock.now())];
  const input = toJsonText(request.input);
  if (input.kind === 'unstorable') {
    issues.push({ pointer: '/input', message: `The input cannot be stored: ${input.problem}.` });
  } else {
    const validated = await validate(definition.input, request.input);
    if (validated.kind === 'invalid') {
      issues.push(...validated.issues.map(({ pointer, message }) => ({ pointer: `/input${pointer}`, message })));
    }
  }
  if (input.kind === 'unstorable' || issues.length > 0) {
    const where = issues.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; ');
    return rejected(
      new SubmitError('invalid-input', `The job "${definition.type}" cannot be accepted: ${where}`, { issues }),
    );
  }
  const now = clock.now();
  const { retry, timeoutMs } = definition;
  const { job, send } = createJob(
    {
      id: idempotencyKey === undefined ? ids.createId() : await ids.digest(`${policy.queueName}\n${idempotencyKey}`),
      type: definition.type,
      input: input.text,
      inputHash:
        idempotencyKey === undefined
          ? undefined
          : await ids.digest(`${definition.type}\n${toCanonicalJson(request.input)}`),
      group,
      dueAt: request.runAt ?? now,
      defaults: { retry: { ...retry, maxAttempts: maxAttempts ?? retry.maxAttempts }, timeoutMs },
    },
    { now, policy },
  );
  return { kind: 'prepared', job, send };
}

function checkOptions(request: SubmitRequest, now: number): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  const { idempotencyKey, runAt, group, maxAttempts } = request;
  if (idempotencyKey !== undefined && (idempotencyKey.length === 0 || idempotencyKey.length > 256)) {
    issues.push({ pointer: '/idempotencyKey', message: `Expected 1 to 256 characters, got ${idempotencyKey.length}.` });
  }
  if (runAt !== undefined && !(Number.isSafeInteger(runAt) && runAt - now <= MAX_DELAY_MS)) {
    issues.push({ pointer: '/runAt', message: 'Expected a time at most a year ahead.' });
  }
  if (group !== undefined && !/^[\x21-\x7e]{1,128}$/.test(group)) {
    issues.push({ pointer: '/group', message: 'Expected 1 to 128 letters, digits and punctuation, without spaces.' });
  }
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts >= 1 && maxAttempts <= 100)) {
    issues.push({ pointer: '/maxAttempts', message: `Expected a whole number from 1 to 100, got ${maxAttempts}.` });
  }
  return issues;
}

/** What a put came to. A refused put of a job with this very creation time is our own, whose answer was lost. */
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
  const isOwn = current.job.createdAt === job.createdAt && current.job.attempt === 0;
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
