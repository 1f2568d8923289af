import { parseMessage } from '../../../lib/core/index.ts';
import type { Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { isStruck } from './is-struck.ts';

/** What makes more deliveries of messages than were sent. */
const MORE = /^receive#.*:(?!receive-refused$)|:message-doubled$|:sent-twice$/;

/**
 * I13: no retry by held messages. A job is tried to be claimed in no more deliveries than messages of it were sent, but for those
 * whose process was struck or died before it answered, and for what a queue brings again by itself.
 */
export function messagesComeOnce(world: World): Observer {
  const sent = new Map<string, number>();
  const claimers = new Map<string, Set<Process>>();
  const answered = new Set<Process>();
  /** Their copies can be put back into the queue by a person, as often as wanted. */
  const copied = new Set<string>();
  return {
    onAsked: ({ process, method, about }) => {
      for (const id of about.replace(' solo', '').split(' ')) {
        if (method === 'send') {
          sent.set(id, (sent.get(id) ?? 0) + 1);
        } else if (method === 'sendDeadLetters') {
          copied.add(id);
        } else if (method === 'claim') {
          claimers.set(id, (claimers.get(id) ?? new Set()).add(process));
        }
      }
      return undefined;
    },
    onMessagesDeleted: (process) => {
      answered.add(process);
      return undefined;
    },
    atEnd: () => {
      const more = world.faults.struck.filter((name) => MORE.test(name)).length;
      const strays = new Set([...world.strays].map((body) => parseMessage(body)?.id));
      for (const [id, processes] of claimers) {
        const most = (sent.get(id) ?? 0) + more;
        if (processes.size > most && !copied.has(id) && !strays.has(id)) {
          const untroubled = [...processes].filter((one) => answered.has(one) && !isStruck(world, one));
          if (untroubled.length > most) {
            return `I13: ${id} was delivered ${untroubled.length} times where at most ${most} messages of it were there`;
          }
        }
      }
      return undefined;
    },
  };
}
