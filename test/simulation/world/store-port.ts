import type { AccessError, Change, Claim, JobStore } from '../../../lib/core/index.ts';
import type { IndexView } from './index-view.ts';
import type { Counted, Meter } from './meter.ts';
import type { Network } from './network.ts';
import type { AcceptedWrite } from './observed.ts';
import type { Process } from './process.ts';

/** Who writes what, for the moment of one write. */
export interface Writing extends Pick<AcceptedWrite, 'by' | 'event' | 'change' | 'claim'> {
  /** What it counted as, once it was accepted. */
  counted?: readonly Counted[];
}

export interface StoreSide {
  readonly network: Network;
  readonly store: JobStore;
  readonly index: IndexView;
  readonly meter: Meter;
  /** Carries a write out in its own name. */
  readonly writeAs: <Result>(writing: Writing, write: () => Result) => Result;
}

/** The job store as one process reaches it: every entry is a request of its own, with a fate of its own. */
export function createStorePort(side: StoreSide, process: Process): JobStore {
  const { network, store, meter } = side;

  async function each<Entry, Result extends { readonly kind: string }>(
    method: string,
    entries: readonly Entry[],
    options: {
      readonly about: (entry: Entry) => string;
      readonly writing: (entry: Entry) => Writing;
      readonly execute: (entry: Entry) => Promise<readonly Result[]>;
      readonly accepted: Result['kind'];
    },
  ): Promise<readonly (Result | { readonly kind: 'error'; readonly error: AccessError })[]> {
    const writings = entries.map(options.writing);
    const answers = await Promise.all(
      entries.map((entry, index) =>
        network.request(process, {
          method,
          about: options.about(entry),
          execute: async () =>
            (await side.writeAs(writings[index] as Writing, () => options.execute(entry)))[0] as Result,
        }),
      ),
    );
    return answers.map((answer, index) => {
      if (answer.kind === 'unavailable') {
        return { kind: 'error', error: answer.error };
      }
      const { value } = answer;
      // A process that dies before the last answer has come has none of them in its hands.
      if (process.isAlive && value.kind === options.accepted) {
        meter.answer(process, writings[index]?.counted ?? []);
      }
      return value;
    });
  }

  async function whole<Result>(method: string, about: string, execute: () => Promise<Result>): Promise<Result> {
    const answer = await network.request(process, { method, about, execute });
    if (answer.kind === 'unavailable') {
      throw answer.error;
    }
    return answer.value;
  }

  return {
    create: (jobs) =>
      each('create', jobs, {
        about: ({ id }) => id,
        writing: () => ({ by: process, event: 'submit' }),
        execute: (job) => store.create([job]),
        accepted: 'created',
      }),
    read: (ids) => whole('read', ids.join(' '), () => store.read(ids)),
    claim: (claims) =>
      each('claim', claims, {
        about: ({ id, solo }: Claim) => `${id}${solo ? ' solo' : ''}`,
        writing: (claim) => ({ by: process, event: 'claim', claim }),
        execute: (claim) => store.claim([claim]),
        accepted: 'claimed',
      }),
    write: (changes) =>
      each('write', changes, {
        about: ({ id, event, after }: Change) => `${id} ${event} ${after.status} ${after.attempt}`,
        writing: (change) => ({ by: process, event: change.event, change }),
        execute: (change) => store.write([change]),
        accepted: 'accepted',
      }),
    findDue: (page) => whole('findDue', page.lane, async () => side.index.findDue(page)),
  };
}
