import { setTimeout } from 'node:timers/promises';
import { exits } from './definition.ts';

export const handler = exits.handle(async ({ by }) => {
  // Long enough for its batch mates to be in the middle of their work.
  await setTimeout(200);
  if (by === 'exit') process.exit(3);
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, Math.random));
});
