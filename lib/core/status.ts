/**
 * The six statuses of a job.
 *
 * - `queued`: the job waits in the table until `dueAt`. In: a submit that is due later than a queue can delay, a raw put, a
 *   retry with a long backoff, a run that was interrupted or met no handler. Out: the producer dispatches it, or a consumer whose
 *   message came first claims it.
 * - `dispatched`: a message is on its way. In: a submit that is due soon (express), the producer, a retry with a short
 *   backoff, the end of a lease, a person's retry. Out: a consumer claims it; if none did before `nextAt`, the producer dispatches
 *   it again.
 * - `running`: one invocation claimed it and holds it until `leaseUntil`. Out: that invocation records the outcome; once the
 *   lease has ended, only the producer moves it on.
 * - `completed`: the handler returned and its result is kept. Nobody moves it on; it expires after the retention.
 * - `failed`: its failures or crashes are used up, the error was permanent, or the item was no job; the reason is kept. A person
 *   may re-open it until it expires.
 * - `canceled`: a caller stopped it. A person may re-open it until it expires.
 */
export const STATUSES = ['queued', 'dispatched', 'running', 'completed', 'failed', 'canceled'] as const;
export type Status = (typeof STATUSES)[number];

export const FINAL_STATUSES = ['completed', 'failed', 'canceled'] as const satisfies readonly Status[];
export type FinalStatus = (typeof FINAL_STATUSES)[number];
export type LiveStatus = Exclude<Status, FinalStatus>;

export function isStatus(value: unknown): value is Status {
  return STATUSES.some((status) => status === value);
}

export function isFinal(status: Status): status is FinalStatus {
  return FINAL_STATUSES.some((final) => final === status);
}
