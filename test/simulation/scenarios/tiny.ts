import type { Scenario } from './scenario.ts';
import { submitScript } from './submit-scripts.ts';

/** As small as a course can be that submits, fails, tries again and ends. */
export const tiny: Scenario = {
  name: 'tiny',
  faults: { stopAt: 0 },
  begin: (world) => {
    submitScript(world, {
      name: 'job',
      script: [
        { do: 'throw', afterMs: 5 },
        { do: 'return', afterMs: 5 },
      ],
      atMs: 0,
    });
  },
};
