import { defineJob } from 'async-endpoints';
import { taskInput, taskOutput } from '../../task.ts';

/** Fails as crashed after two crashes, as jobs do by default. */
export const fragile = defineJob({
  type: 'fragile',
  input: taskInput,
  output: taskOutput,
  retry: { maxAttempts: 100, initialDelaySeconds: 0.1, maxDelaySeconds: 1 },
  timeoutSeconds: 2,
});
