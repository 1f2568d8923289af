import { getJob, waitForJob } from '../../pipeline/index.ts';
import { toJobResponse } from '../job-response.ts';
import { ProblemError } from '../problem.ts';
import { readQuery } from '../query.ts';
import type { Route } from '../route.ts';
import { parseWaitSeconds } from '../wait.ts';

/** The job as it stands; with `wait` as it stands when it ends, or when the time is over. */
export const getJobRoute: Route = async ({ query, pathParameters: { id = '' } }, { ports }) => {
  const { wait } = readQuery(query, ['wait']);
  const job =
    wait === undefined
      ? await getJob(ports, id)
      : await waitForJob(ports, id, {
          timeoutMs: parseWaitSeconds(wait, { parameter: 'wait' }) * 1_000,
        });
  if (job === undefined) {
    throw new ProblemError(
      'not-found',
      `There is no job ${JSON.stringify(id)}. Final jobs are deleted at the end of their retention.`,
    );
  }
  return toJobResponse(job, 200);
};
