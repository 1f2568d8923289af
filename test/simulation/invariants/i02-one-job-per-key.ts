import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** I2: an idempotency key names one job, and another input under that key is never accepted. */
export function oneJobPerKey(world: World): Observer {
  const jobs = new Map<string, string>();
  return {
    onWrite: ({ event, before, after }) =>
      event === 'submit' && before !== undefined ? `I2: ${after.id} was put over a job that was there` : undefined,
    onAcknowledged: ({ jobId, key, input }) => {
      const stored = world.ledger.records.get(jobId);
      if (stored?.input !== input) {
        return `I2: ${jobId} was acknowledged for input ${input}, the table has ${stored?.input}`;
      }
      if (key === undefined) {
        return undefined;
      }
      const known = jobs.get(key) ?? jobId;
      jobs.set(key, known);
      return known === jobId ? undefined : `I2: key ${key} names both ${known} and ${jobId}`;
    },
  };
}
