import { type SteerPorts, type SteerResult, steerJob } from './steer-job.ts';

/**
 * Re-opens a failed or canceled job on a person's word: its budgets start anew and it is no longer suspect; attempts count on.
 *
 * @throws AccessError when the store cannot be reached
 */
export async function retryJob(ports: SteerPorts, id: string): Promise<SteerResult> {
  return await steerJob(ports, id, 'retry');
}
