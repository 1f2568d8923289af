import { setTimeout } from 'node:timers/promises';
import { exits } from './definition.ts';

export const handler = exits.handle(async () => {
  // Long enough for its batch mates to be in the middle of their work.
  await setTimeout(200);
  process.exit(3);
});
