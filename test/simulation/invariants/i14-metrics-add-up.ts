import { COUNTED, type Counted } from '../world/meter.ts';
import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/**
 * I14: what operators were told is what landed in the table; short only by writes whose answer reached nobody, and by what a
 * process had not told yet when it died. What landed adds up with the jobs that there are.
 */
export function metricsAddUp(world: World): Observer {
  return {
    atEnd: () => {
      const { landed, owed, told } = world.meter;
      const of = (counts: ReadonlyMap<Counted, number>, counted: Counted): number => counts.get(counted) ?? 0;
      for (const counted of COUNTED) {
        const [most, least, count] = [of(landed, counted), of(owed, counted), of(told, counted)];
        if (count > most || count < least) {
          return `I14: ${counted} says ${count}; ${most} landed, of which ${least} had to be told`;
        }
      }
      const begun = of(landed, 'JobsSubmitted') + of(landed, 'JobsReopened');
      const ended = of(landed, 'JobsCompleted') + of(landed, 'JobsFailed') + of(landed, 'JobsCanceled');
      const { liveCount } = world.ledger;
      return begun - ended === liveCount - world.meter.uncountedSubmits
        ? undefined
        : `I14: ${begun} jobs were submitted and reopened, ${ended} have ended, and ${liveCount} are live`;
    },
  };
}
