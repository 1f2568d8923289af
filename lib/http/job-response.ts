import type { Job } from '../core/index.ts';
import { toJobView } from '../pipeline/index.ts';
import type { HttpResponse } from './http-message.ts';

/** A job as the body of an answer. It may be another one a moment later, so nobody keeps it. */
export function toJobResponse(
  job: Job,
  status: 200 | 202,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(toJobView(job)),
  };
}

export function locationOf({ id }: Pick<Job, 'id'>): string {
  return `/jobs/${encodeURIComponent(id)}`;
}
