import { setTimeout } from 'node:timers/promises';
import { echo } from './definition.ts';

export const handler = echo.handle(async ({ text, afterMs = 0 }) => {
  await setTimeout(afterMs);
  return text;
});
