import { JobClient } from 'async-endpoints';
import { sleep } from '../../../functions/jobs/sleep/definition.ts';

const jobs = JobClient.fromEnv();

/** Submits the same job twice under one key, which takes a write, a message, and a look at the job that is there. */
export const handler = async (): Promise<void> => {
  const options = { idempotencyKey: `from ${process.env['SUBMITTER']}` };
  await jobs.submit(sleep, { seconds: 0 }, options);
  const job = await jobs.submit(sleep, { seconds: 0 }, options);
  await jobs.wait(job.id);
};
