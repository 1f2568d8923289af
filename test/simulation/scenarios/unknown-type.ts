import { novel, scripted } from '../world/job-types.ts';
import { cancelSome } from '../world/person.ts';
import { submit } from '../world/submitter.ts';
import type { Scenario } from './scenario.ts';

const JOBS = 5;
const MINUTE_MS = 60_000;

/** Jobs of a type come before the consumers that know it; one time in four those come too late; some jobs are canceled. */
export const unknownType: Scenario = {
  name: 'unknown-type',
  faults: { stopAt: 20 * MINUTE_MS, busyMs: 5 * MINUTE_MS },
  begin: (world) => {
    const isTooLate = world.faults.detail('deploy/late') < 0.25;
    const deployAt = isTooLate ? 3 * 60 * MINUTE_MS : world.faults.detail('deploy/at') * 15 * MINUTE_MS;
    for (let index = 0; index < JOBS; index += 1) {
      world.later(world.faults.detail(`job-${index}/at`) * 5 * MINUTE_MS, () =>
        submit(
          world,
          {
            definition: index % 2 === 0 ? novel : scripted,
            input: [{ do: 'return', afterMs: 100 }],
            idempotencyKey: `job-${index}`,
          },
          { onAccepted: (jobId) => cancelSome(world, `job-${index}`, jobId, 20 * MINUTE_MS) },
        ),
      );
    }
    world.later(deployAt, () => world.knownTypes.add(novel.type));
  },
};
