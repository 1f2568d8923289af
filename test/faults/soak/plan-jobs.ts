import type { Random } from '../../../lib/core/index.ts';
import type { Promised } from '../check-truth.ts';

/** A job of the soak: how it comes, what it does, and how it must end. */
export interface SoakJob {
  /** Idempotency key, or the id of a raw put. */
  readonly key: string;
  readonly door: 'api' | 'sdk' | 'raw-put';
  readonly type: 'work' | 'fragile';
  readonly does: 'return' | 'throw' | 'give-up' | 'exit' | 'run-out-of-memory';
  readonly times: number;
  readonly afterMs: number;
  readonly delaySeconds: number;
  /** How often it is submitted, through whichever door, under the same key. */
  readonly submits: number;
  readonly ends: Omit<Promised, 'id'>;
}

type Kind = Pick<SoakJob, 'type' | 'does' | 'times' | 'ends'>;

const ALWAYS = 1_000;
const COMPLETED = { status: 'completed' } as const;

/** What jobs do, and how many of a thousand do it. Those that end their process take the jobs beside them along. */
const KINDS: readonly { readonly share: number; readonly kind: Kind }[] = [
  { share: 770, kind: { type: 'work', does: 'return', times: 0, ends: COMPLETED } },
  { share: 80, kind: { type: 'work', does: 'throw', times: 1, ends: COMPLETED } },
  { share: 40, kind: { type: 'work', does: 'throw', times: 3, ends: COMPLETED } },
  {
    share: 80,
    kind: { type: 'work', does: 'give-up', times: ALWAYS, ends: { status: 'failed', reason: 'PermanentError' } },
  },
  { share: 20, kind: { type: 'work', does: 'exit', times: 1, ends: COMPLETED } },
  { share: 5, kind: { type: 'work', does: 'run-out-of-memory', times: 1, ends: COMPLETED } },
  { share: 5, kind: { type: 'fragile', does: 'exit', times: ALWAYS, ends: { status: 'failed', reason: 'crashed' } } },
];

export function planJobs(count: number, random: Random): readonly SoakJob[] {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random.next() * values.length)] as Value;
  return Array.from({ length: count }, (_, index) => {
    const door = pick(['api', 'api', 'sdk', 'sdk', 'raw-put'] as const);
    return {
      key: `soak-${index}`,
      door,
      ...pickKind(random),
      afterMs: Math.floor(random.next() * 100),
      delaySeconds: random.next() < 0.1 ? 1 + Math.floor(random.next() * 15) : 0,
      submits: door !== 'raw-put' && random.next() < 0.1 ? 3 : 1,
    };
  });
}

function pickKind(random: Random): Kind {
  let rest = random.next() * KINDS.reduce((sum, { share }) => sum + share, 0);
  const found = KINDS.find(({ share }) => {
    rest -= share;
    return rest < 0;
  });
  return (found ?? (KINDS[0] as (typeof KINDS)[number])).kind;
}
