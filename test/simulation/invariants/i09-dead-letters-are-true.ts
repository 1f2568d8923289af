import { isFinal, parseMessage } from '../../../lib/core/index.ts';
import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/**
 * I9: a dead letter tells of a failure that is, or was, in the table, with its reason; what a queue gave up names a
 * job that ended, or none at all.
 */
export function deadLettersAreTrue(world: World): Observer {
  const failures = new Set<string>();
  return {
    onWrite: ({ after }) => {
      if (after.status === 'failed' && after.error !== undefined) {
        failures.add(`${after.id}/${after.attempt}/${after.error.name}`);
      }
      return undefined;
    },
    onDeadLetter: ({ message, reason }) =>
      failures.has(`${message.id}/${message.dead}/${reason}`)
        ? undefined
        : `I9: a dead letter says that ${message.id} failed in attempt ${message.dead} (${reason}), the table never did`,
    atEnd: () => {
      for (const { body } of world.queue.queue.listDead()) {
        const id = parseMessage(body)?.id;
        const job = id === undefined ? undefined : world.ledger.records.get(id);
        const isTrue = job === undefined ? world.strays.has(body) : isFinal(job.status);
        if (!isTrue) {
          return `I9: ${body} lies in the dead-letter queue, its job is ${job?.status ?? 'not in the table'}`;
        }
      }
      return undefined;
    },
  };
}
