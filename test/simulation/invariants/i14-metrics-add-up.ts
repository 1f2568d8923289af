import { COUNTED } from '../world/meter.ts';
import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/**
 * I14: what operators were told is what landed in the table; short only by writes whose answer reached nobody: it was lost, or its
 * process died, with all that it had asked for together.
 */
export function metricsAddUp(world: World): Observer {
  return {
    atEnd: () => {
      const { landed, answered, told } = world.meter;
      for (const counted of COUNTED) {
        const [most, least, count] = [landed, answered, told].map((counts) => counts.get(counted) ?? 0) as [
          number,
          number,
          number,
        ];
        if (count > most || count < least) {
          return `I14: ${count} jobs were told to be ${counted}; ${most} were, of which ${least} were answered`;
        }
      }
      return undefined;
    },
  };
}
