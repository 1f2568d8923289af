import type { Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { isStruck } from './is-struck.ts';

interface Failure {
  readonly name: string;
  readonly by: Process | undefined;
  readonly at: number;
}

/**
 * I9: the copy of a final failure arrives. Until then its message is not deleted, neither by whoever wrote the failure nor by whoever
 * finds it in a later delivery of that message; a producer, which has no message, sends it itself unless something strikes it.
 */
export function failuresAreCopied(world: World): Observer {
  const failures: Failure[] = [];
  const latest = new Map<string, Failure>();
  /** Who sent a copy of which failure. */
  const copied = new Map<string, readonly (Process | undefined)[]>();
  return {
    onWrite: ({ at, by, before, after }) => {
      if (after.status === 'failed' && before?.status !== 'failed') {
        const failure = { name: `${after.id}/${after.attempt}`, by, at };
        failures.push(failure);
        latest.set(after.id, failure);
      } else if (after.status !== 'failed') {
        latest.delete(after.id);
      }
      return undefined;
    },
    onDeadLetter: ({ message }, by) => {
      const name = `${message.id}/${message.dead}`;
      copied.set(name, [...(copied.get(name) ?? []), by]);
      return undefined;
    },
    onMessagesDeleted: (process, jobIds, deliveredAgain) => {
      for (const id of jobIds) {
        const failure = latest.get(id);
        if (failure === undefined || copied.has(failure.name)) {
          continue;
        }
        const { by, at, name } = failure;
        if (by === process || (deliveredAgain.has(id) && at < process.startedAt)) {
          return `I9: ${process.name} gave its message of ${id} away, and the failure ${name} has no copy`;
        }
      }
      return undefined;
    },
    atEnd: () => {
      const lost = failures.find(
        ({ name, by }) =>
          by?.kind === 'producer' &&
          !isStruck(world, by) &&
          copied.get(name)?.some((sender) => sender === by || sender === undefined) !== true,
      );
      return lost === undefined ? undefined : `I9: ${lost.by?.name} never copied the failure ${lost.name}`;
    },
  };
}
