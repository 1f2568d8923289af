import * as z from 'zod/mini';
import { type AnyJobDefinition, isFinalJob, type Job } from '../../core/index.ts';
import { SUBMIT_LIMITS, submitJobs, waitForJob } from '../../pipeline/index.ts';
import { checkBody } from '../check-body.ts';
import type { HttpRequest } from '../http-message.ts';
import { locationOf, toJobResponse } from '../job-response.ts';
import { readJsonBody } from '../json-body.ts';
import { invalidInput, ProblemError } from '../problem.ts';
import { readQuery } from '../query.ts';
import type { Route, Services } from '../route.ts';
import { readWaitPreference } from '../wait.ts';

const RUN_AT = 'Expected a time in ISO 8601 with "Z" or an offset, such as "2030-01-31T12:00:00Z".';

/** What a submit may say. */
const submitRequestSchema = z
  .strictObject({
    type: z.string(),
    /** Whatever the job type's own schema takes; `null` where it takes nothing. */
    input: z.unknown(),
    /** Seconds to wait before the job may run. */
    delaySeconds: z.optional(z.number().check(z.minimum(0), z.maximum(SUBMIT_LIMITS.maxDelayMs / 1_000))),
    /** Earliest time to run; a time that is past counts as now. */
    runAt: z.optional(z.iso.datetime({ offset: true, error: RUN_AT })),
    /** The same key submits the same job. */
    idempotencyKey: z.optional(z.string().check(z.minLength(1), z.maxLength(SUBMIT_LIMITS.maxKeyLength))),
    /** A label for fairness between tenants. */
    group: z.optional(
      z
        .string()
        .check(
          z.regex(SUBMIT_LIMITS.groupPattern, 'Expected 1 to 128 letters, digits and punctuation, without spaces.'),
        ),
    ),
    /** Instead of the job type's own. */
    maxAttempts: z.optional(z.int().check(z.minimum(1), z.maximum(SUBMIT_LIMITS.maxAttempts))),
  })
  .check(
    z.refine((body) => body.delaySeconds === undefined || body.runAt === undefined, {
      path: ['runAt'],
      error: 'Expected either delaySeconds or runAt, got both.',
    }),
  );

type SubmitBody = z.output<typeof submitRequestSchema>;

/**
 * Accepts a job: 202, or 200 for one that its idempotency key names again. With `Prefer: wait=N` it answers when the job ends or
 * the time is over, and 200 says that it has ended.
 */
export const submitJobRoute: Route = async (request, services) => {
  readQuery(request.query, []);
  const waitSeconds = readWaitPreference(request.headers);
  const headerKey = readKeyHeader(request.headers);
  const body = checkBody(submitRequestSchema, readJsonBody(request));
  const { job, isNew } = await submit(services, body, chooseKey(body.idempotencyKey, headerKey));
  const headers = { location: locationOf(job) };
  if (waitSeconds === undefined) {
    return toJobResponse(job, isNew ? 202 : 200, headers);
  }
  const latest = await waitForAccepted(services, job, waitSeconds);
  const status = isFinalJob(latest) ? 200 : 202;
  return toJobResponse(latest, status, { ...headers, 'preference-applied': `wait=${waitSeconds}` });
};

async function submit(
  { ports, definitions }: Services,
  body: SubmitBody,
  idempotencyKey: string | undefined,
): Promise<{ readonly job: Job; readonly isNew: boolean }> {
  const definition = definitions.get(body.type) ?? refuseType(body.type, definitions);
  const { input, group, maxAttempts } = body;
  const runAt = toRunAt(body, ports.clock.now());
  const [result] = await submitJobs(ports, [{ definition, input, group, maxAttempts, runAt, idempotencyKey }]);
  if (result?.kind !== 'accepted') {
    throw result?.error ?? new Error('A submit came to nothing.');
  }
  return result;
}

/** The job is accepted whatever the wait comes to, and the answer must say so. */
async function waitForAccepted({ ports }: Services, job: Job, seconds: number): Promise<Job> {
  try {
    return (await waitForJob(ports, job.id, { timeoutMs: seconds * 1_000, seen: job })) ?? job;
  } catch (error) {
    ports.logger.warn('A job was accepted, but could not be watched', { jobId: job.id, error });
    return job;
  }
}

function toRunAt({ delaySeconds, runAt }: SubmitBody, now: number): number | undefined {
  if (delaySeconds !== undefined) {
    return now + Math.ceil(delaySeconds * 1_000);
  }
  return runAt === undefined ? undefined : Date.parse(runAt);
}

const LISTED_TYPES = 20;

function refuseType(type: string, definitions: ReadonlyMap<string, AnyJobDefinition>): never {
  const known = [...definitions.keys()].slice(0, LISTED_TYPES).join(', ');
  const detail = `There is no job type ${JSON.stringify(type.slice(0, 100))}; there are ${known || 'none'}.`;
  throw invalidInput([{ pointer: '/type', detail }]);
}

/** @throws ProblemError 400 for a key that would not be the same text as the field */
function readKeyHeader(headers: HttpRequest['headers']): string | undefined {
  const key = headers.get('idempotency-key');
  if (key !== undefined && !/^[\x20-\x7e]{1,256}$/.test(key)) {
    const detail = `Expected 1 to ${SUBMIT_LIMITS.maxKeyLength} printable ASCII characters; other keys go into the field "idempotencyKey".`;
    const issues = [{ header: 'Idempotency-Key', detail }];
    throw new ProblemError('malformed-request', `The header Idempotency-Key cannot be used: ${detail}`, { issues });
  }
  return key;
}

function chooseKey(field: string | undefined, header: string | undefined): string | undefined {
  if (field !== undefined && header !== undefined && field !== header) {
    throw invalidInput([
      {
        pointer: '/idempotencyKey',
        detail: 'Expected the same key as in the header Idempotency-Key, or one of the two.',
      },
    ]);
  }
  return field ?? header;
}
