import { type Script, type Step, scripted } from '../world/job-types.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const JOBS = 10;

/** Ten jobs of all kinds within a minute, most of which just work. */
export const plain: Scenario = {
  name: 'plain',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    for (let index = 0; index < JOBS; index += 1) {
      submitOne(world, `job-${index}`);
    }
  },
};

function submitOne(world: World, name: string): void {
  const { faults } = world;
  const isKeyed = faults.detail(`${name}/keyed`) < 0.7;
  const delayMs = faults.detail(`${name}/delay`) < 0.2 ? faults.detail(`${name}/delay-ms`) * 120_000 : 0;
  world.later(faults.detail(`${name}/at`) ** 4 * 60_000, () =>
    world.submit({
      definition: scripted,
      input: scriptOf(faults.detail(`${name}/script`), faults.detail(`${name}/length`)),
      ...(isKeyed ? { idempotencyKey: name } : {}),
      ...(delayMs === 0 ? {} : { runAt: world.scheduler.now + delayMs }),
    }),
  );
}

/** One drawn number for the kind of job, one for how long it works. */
export function scriptOf(kind: number, length: number): Script {
  const afterMs = Math.floor(length ** 4 * 15_000);
  const works: Step = { do: 'return', afterMs };
  const scripts: readonly Script[] = [
    [{ do: 'throw', afterMs }, works],
    [{ do: 'exit', afterMs }, works],
    [{ do: 'exit', afterMs }],
    [{ do: 'hang' }, works],
    [{ do: 'heed' }, works],
    [{ do: 'throw', afterMs }],
    [{ do: 'permanent', afterMs }],
    [{ do: 'later', seconds: 30 + Math.floor(length * 1_200) }, works],
    [{ do: 'progress', afterMs }],
  ];
  return scripts[Math.floor(kind * scripts.length * 2)] ?? [works];
}
