import type { Asked } from '../world/network.ts';
import type { Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

const SECOND_MS = 1_000;
/** The same thing asked by one process within a second. */
const HANDFUL = 6;
/** The same thing of a job asked by all processes within a second: a few messages of it may be under way. */
const CROWD = 12;
/** A message is claimed and sent again, or is a dead letter, redriven and claimed again. */
const FOR_EACH_COPY = 2;
/** Looks of a producer: one pass follows another as long as something gets done. */
const LOOKS: ReadonlySet<string> = new Set(['findDue', 'depth', 'read']);
/** What leads from one process to the next. */
const PASSED_ON: ReadonlySet<string> = new Set(['claim', 'send']);

/** After no answer: the least wait, and how often one process, which lives for a minute, asks the same thing in vain in a row. */
const PATIENCE = {
  submitter: { waitMs: 50, tries: 2 },
  person: { waitMs: 50, tries: 2 },
  consumer: { waitMs: 50, tries: 38 },
  producer: { waitMs: 1_000, tries: 10 },
} as const;

/**
 * I13: nobody asks in circles. Who got no answer waits, and longer each time; nobody asks the same thing more than a handful of
 * times within a second, unless writes are accepted meanwhile; nor do all together about one job.
 */
export function noHotLoops(world: World): Observer {
  const recent = new Map<string, number[]>();
  const unanswered = new Map<string, { at: number; tries: number; isAskedAgain: boolean }>();
  /** Asked or done so often within the last second, this time included. */
  const count = (what: string): number => {
    const { now } = world.scheduler;
    const times = [...(recent.get(what) ?? []).filter((at) => at > now - SECOND_MS), now];
    recent.set(what, times);
    return times.length;
  };
  const acceptedOf = ({ name }: Process): number =>
    (recent.get(`${name} accepted`) ?? []).filter((at) => at > world.scheduler.now - SECOND_MS).length;
  /** A message whose delay is ignored may come, and be sent again, as fast as it can be carried. */
  const early = (): number => 2 * world.faults.struck.filter((name) => name.endsWith(':message-early')).length;
  const checkPatience = ({ process, method, about }: Asked, what: string): string | undefined => {
    const last = unanswered.get(what);
    const waitedMs = world.scheduler.now - (last?.at ?? Number.NEGATIVE_INFINITY);
    // Copies of one dead letter in one batch are redriven beside each other.
    const isAlone = process.kind === 'producer' || (method === 'write' && !about.includes(' redrive '));
    if (isAlone && waitedMs < PATIENCE[process.kind].waitMs) {
      return `I13: ${what} is asked again ${waitedMs} ms after there was no answer`;
    }
    if (last?.isAskedAgain === true) {
      // The last time was answered.
      unanswered.delete(what);
    } else if (last !== undefined) {
      last.isAskedAgain = true;
    }
    return undefined;
  };
  /** What the further copies of its message in the batch of a process may ask about a job. */
  const copies = ({ process }: Asked, id: string): number =>
    FOR_EACH_COPY * Math.max(0, world.ledger.copiesOf(process, id) - 1);
  const checkRate = (asked: Asked, what: string): string | undefined => {
    const { process, method, about } = asked;
    const times = count(what);
    if (times <= HANDFUL) {
      return undefined;
    }
    // Copies of a message that ignore its delay may come in one batch after another.
    const more = LOOKS.has(method) ? acceptedOf(process) : early() + copies(asked, about.split(' ', 1)[0] ?? '');
    return times > HANDFUL + more ? `I13: ${what} is asked ${times} times within a second` : undefined;
  };
  const checkCrowd = (asked: Asked): string | undefined => {
    const { method, about } = asked;
    for (const id of PASSED_ON.has(method) ? new Set(about.replace(' solo', '').split(' ')) : []) {
      const together = count(`${method} ${id}`);
      if (together > CROWD && together > CROWD + early() + copies(asked, id)) {
        return `I13: ${method} ${id} is asked ${together} times within a second`;
      }
    }
    return undefined;
  };
  return {
    onWrite: ({ by }) => {
      if (by !== undefined) {
        count(`${by.name} accepted`);
      }
      return undefined;
    },
    onAsked: (asked) => {
      const what = `${asked.process.name} ${asked.method} ${asked.about}`;
      return checkPatience(asked, what) ?? checkRate(asked, what) ?? checkCrowd(asked);
    },
    onUnanswered: ({ process, method, about }) => {
      const what = `${process.name} ${method} ${about}`;
      const tries = (unanswered.get(what)?.tries ?? 0) + 1;
      unanswered.set(what, { at: world.scheduler.now, tries, isAskedAgain: false });
      return tries > PATIENCE[process.kind].tries ? `I13: ${what} is asked ${tries} times in vain` : undefined;
    },
  };
}
