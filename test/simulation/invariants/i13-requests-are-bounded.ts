import type { Asked } from '../world/network.ts';
import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** What is asked about jobs that are there. Looks are for all that are due, and bounded by the passes of a producer. */
const FOR_A_JOB: ReadonlySet<string> = new Set(['claim', 'write', 'send', 'sendDeadLetters']);
/** Messages may be there more than once, and each is told that its job is not to be had: so much may be asked in vain. */
const IN_VAIN = 30;
const FOR_EACH_STEP = 6;
/** What makes more messages than were sent, so that each of them has its own requests. */
const DOUBLES = /:(?:message-doubled|sent-twice)$/;

/**
 * I13: the requests about a job are bounded by what comes of them: a handful for each write that the table accepts, for each
 * request that gets no answer, and for each request or message that a fault has doubled for somebody who asked about it.
 */
export function requestsAreBounded({ faults }: World): Observer {
  const asked = new Map<string, number>();
  const steps = new Map<string, number>();
  const askers = new Map<string, Set<string>>();
  const doublingsBy = (names: ReadonlySet<string> = new Set()): number =>
    faults.struck.filter((name) => DOUBLES.test(name) && names.has(name.slice(0, name.indexOf('/')))).length;
  return {
    onAsked: (request) => {
      for (const id of jobsOf(request)) {
        askers.set(id, (askers.get(id) ?? new Set()).add(request.process.name));
        const most = IN_VAIN + FOR_EACH_STEP * (steps.get(id) ?? 0);
        if (count(asked, id) > most && (asked.get(id) ?? 0) > most + FOR_EACH_STEP * doublingsBy(askers.get(id))) {
          return `I13: ${request.process.name} ${request.method} ${id} is request ${asked.get(id)} about it, where ${most} would do`;
        }
      }
      return undefined;
    },
    onUnanswered: (request) => {
      for (const id of jobsOf(request)) count(steps, id);
      return undefined;
    },
    onWrite: ({ after }) => {
      count(steps, after.id);
      return undefined;
    },
  };
}

function jobsOf({ method, about }: Asked): readonly string[] {
  const [id = ''] = about.split(' ', 1);
  return FOR_A_JOB.has(method) ? (method.startsWith('send') ? about.split(' ') : [id]) : [];
}

function count(counts: Map<string, number>, id: string): number {
  const counted = (counts.get(id) ?? 0) + 1;
  counts.set(id, counted);
  return counted;
}
