import { isFinal, type Job } from '../../../lib/core/index.ts';

/** What has become of jobs that were accepted. */
export interface Outcome {
  readonly accepted: number;
  readonly completed: number;
  /** Each says which job is not as it should be: every one of them must be completed. */
  readonly problems: readonly string[];
}

export const BATCH = 100;

export function judge(ids: readonly string[], jobs: ReadonlyMap<string, Job>): Outcome {
  const problems = ids.flatMap((id) => {
    const job = jobs.get(id);
    const ends = job?.history.filter(({ status }) => isFinal(status)).length ?? 0;
    return job?.status === 'completed' && ends === 1
      ? []
      : [`${id} ended ${ends} times: ${JSON.stringify(job === undefined ? 'absent' : { ...job, input: '…' })}`];
  });
  return { accepted: ids.length, completed: ids.length - problems.length, problems };
}
