import type { Job } from '../core/index.ts';
import { toJobView } from '../pipeline/index.ts';

/** A job as the body of an answer. It may be another one a moment later, so nobody keeps it. */
export function toJobResponse(job: Job, status: 200 | 202, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(toJobView(job)), {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  });
}

export function locationOf({ id }: Pick<Job, 'id'>): string {
  return `/jobs/${encodeURIComponent(id)}`;
}
