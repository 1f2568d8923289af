import { defineJob } from 'async-endpoints';
import { taskInput, taskOutput } from '../../task.ts';

/** Has budgets that no killer uses up, so its outcome depends on its input alone. */
export const work = defineJob({
  type: 'work',
  input: taskInput,
  output: taskOutput,
  retry: { maxAttempts: 100, maxCrashes: 100, initialDelaySeconds: 0.1, maxDelaySeconds: 1 },
  timeoutSeconds: 2,
});
