import { setTimeout } from 'node:timers/promises';
import { timed } from './definition.ts';

export const handler = timed.handle(async ({ workMs }) => {
  if (workMs > 0) await setTimeout(workMs);
  return null;
});
