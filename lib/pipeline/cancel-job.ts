import { type SteerPorts, type SteerResult, steerJob } from './steer-job.ts';

/**
 * Stops a job on a caller's word. One that nobody runs is `canceled` at once; a running one gets a request, which wins over
 * its retry and its crash, but not over a handler that completes first.
 *
 * @throws AccessError when the store cannot be reached
 */
export async function cancelJob(ports: SteerPorts, id: string): Promise<SteerResult> {
  const result = await steerJob(ports, id, 'cancel');
  return result.kind === 'refused' && result.reason === 'already-requested'
    ? { kind: 'done', job: result.job }
    : result;
}
