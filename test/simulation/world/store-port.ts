import type { AccessError, Change, Claim, JobFields, JobStore } from '../../../lib/core/index.ts';
import type { IndexView } from './index-view.ts';
import { countedAs, type Meter } from './meter.ts';
import type { Network } from './network.ts';
import type { AcceptedWrite } from './observed.ts';
import type { Process } from './process.ts';

/** Who writes what, for the moment of one write. */
export type Writing = Pick<AcceptedWrite, 'by' | 'event' | 'change' | 'claim'>;

export interface StoreSide {
  readonly network: Network;
  readonly store: JobStore;
  readonly index: IndexView;
  readonly meter: Meter;
  /** Carries a write out in its own name. */
  readonly writeAs: <Result>(writing: Writing, write: () => Result) => Result;
  /** A refused claim or a read showed that a claim had landed whose answer was lost. */
  readonly onOwnTokenFound: () => void;
}

/** The job store as one process reaches it: every entry is a request of its own, with a fate of its own. */
export function createStorePort(side: StoreSide, process: Process): JobStore {
  const { network, store, meter } = side;
  const tokens = new Map<string, string>();

  async function each<Entry, Result extends { readonly kind: string }>(
    method: string,
    entries: readonly Entry[],
    options: {
      readonly about: (entry: Entry) => string;
      readonly execute: (entry: Entry) => Promise<readonly Result[]>;
      readonly onAnswer?: (entry: Entry, result: Result) => void;
    },
  ): Promise<readonly (Result | { readonly kind: 'error'; readonly error: AccessError })[]> {
    const answers = await Promise.all(
      entries.map((entry) =>
        network.request(process, {
          method,
          about: options.about(entry),
          execute: async () => (await options.execute(entry))[0] as Result,
        }),
      ),
    );
    return answers.map((answer, index) => {
      if (answer.kind === 'unavailable') {
        return { kind: 'error', error: answer.error };
      }
      const entry = entries[index];
      // A process that dies before the last answer has come has none of them in its hands.
      if (entry !== undefined && process.isAlive) {
        options.onAnswer?.(entry, answer.value);
      }
      return answer.value;
    });
  }

  async function whole<Result>(method: string, about: string, execute: () => Promise<Result>): Promise<Result> {
    const answer = await network.request(process, { method, about, execute });
    if (answer.kind === 'unavailable') {
      throw answer.error;
    }
    return answer.value;
  }

  const lookForOwnToken = (current: Partial<JobFields>): void => {
    if (current.id !== undefined && current.status === 'running' && current.token === tokens.get(current.id)) {
      side.onOwnTokenFound();
    }
  };

  return {
    create: (jobs) =>
      each('create', jobs, {
        about: ({ id }) => id,
        execute: (job) => side.writeAs({ by: process, event: 'submit' }, () => store.create([job])),
        onAnswer: (_, { kind }) => meter.note('answered', kind === 'created' ? 'submitted' : undefined),
      }),
    read: async (ids) => {
      const found = await whole('read', ids.join(' '), () => store.read(ids));
      for (const stored of found) {
        if (stored.kind === 'job') lookForOwnToken(stored.job);
      }
      return found;
    },
    claim: (claims) => {
      for (const { id, token } of claims) tokens.set(id, token);
      return each('claim', claims, {
        about: ({ id, solo }: Claim) => `${id}${solo ? ' solo' : ''}`,
        execute: (claim) => side.writeAs({ by: process, event: 'claim', claim }, () => store.claim([claim])),
        onAnswer: (_, result) => {
          if (result.kind === 'refused' && result.current.kind === 'job') lookForOwnToken(result.current.job);
        },
      });
    },
    write: (changes) =>
      each('write', changes, {
        about: ({ id, event, after }: Change) => `${id} ${event} ${after.status}`,
        execute: (change) => side.writeAs({ by: process, event: change.event, change }, () => store.write([change])),
        onAnswer: (change, result) => {
          meter.note('answered', result.kind === 'accepted' ? countedAs(change) : undefined);
        },
      }),
    findDue: (page) => whole('findDue', page.lane, async () => side.index.findDue(page)),
  };
}
