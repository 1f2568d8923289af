import { scripted } from '../world/job-types.ts';
import { submit } from '../world/submitter.ts';
import type { Scenario } from './scenario.ts';
import { drawScript } from './submit-scripts.ts';

const JOBS = 10;

/** Ten jobs of all kinds within a minute, most of which just work. */
export const plain: Scenario = {
  name: 'plain',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    const { faults } = world;
    for (let index = 0; index < JOBS; index += 1) {
      const name = `job-${index}`;
      const isKeyed = faults.detail(`${name}/keyed`) < 0.7;
      const delayMs = faults.detail(`${name}/delayed`) < 0.2 ? faults.detail(`${name}/delay`) * 120_000 : 0;
      world.later(faults.detail(`${name}/at`) ** 4 * 60_000, () =>
        submit(world, {
          definition: scripted,
          input: drawScript(world, name),
          ...(isKeyed ? { idempotencyKey: name } : {}),
          ...(delayMs === 0 ? {} : { runAt: Math.floor(world.scheduler.now + delayMs) }),
        }),
      );
    }
  },
};
