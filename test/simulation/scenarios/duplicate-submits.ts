import { type Script, scripted } from '../world/job-types.ts';
import { submit } from '../world/submitter.ts';
import type { Scenario } from './scenario.ts';

const KEYS = 5;
const COPIES = 8;

const WANTED: Script = [{ do: 'return', afterMs: 5 }];
const OTHER: Script = [{ do: 'return', afterMs: 6 }];

/** Callers submit the same again and again, and one now and then something else under the same key. */
export const duplicateSubmits: Scenario = {
  name: 'duplicate-submits',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    for (let index = 0; index < KEYS * COPIES; index += 1) {
      const name = `submit-${index}`;
      const isOther = world.faults.detail(`${name}/other`) < 0.2;
      world.later(world.faults.detail(`${name}/at`) ** 3 * 20_000, () =>
        submit(world, {
          definition: scripted,
          input: isOther ? OTHER : WANTED,
          idempotencyKey: `key-${index % KEYS}`,
        }),
      );
    }
  },
  atEnd: ({ ledger }) => (ledger.records.size > KEYS ? `duplicate-submits: ${ledger.records.size} jobs` : undefined),
};
