import type { FaultKind } from '../faults/fault-kinds.ts';
import type { Timer } from '../kernel/scheduler.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

const MAX_PAUSE_MS = 120_000;

/**
 * Lets happen to a process what its faults say, and ends it at its time limit, unless the timer is cancelled. A process that was
 * paused meanwhile lives on for as long as it was paused: its clock moved, its time did not.
 */
export function strikeProcess({ scheduler, faults, options, ledger, trace }: World, process: Process): Timer {
  const note = (kind: FaultKind): void => {
    if (ledger.isAtWork(process)) {
      faults.effects.add(kind);
    }
  };
  const struck = faults.strikeAll('invocation', `${process.name}/invocation`);
  let killAfterMs = options.timeoutMs;
  if (struck.has('timed-out')) {
    scheduler.after(soon(faults.detail(`${process.name}/stuck-at`), options.timeoutMs), () => {
      note('timed-out');
      process.pause();
    });
  } else if (struck.has('paused')) {
    const pauseMs = faults.detail(`${process.name}/pause`) * MAX_PAUSE_MS;
    killAfterMs += pauseMs;
    scheduler.after(soon(faults.detail(`${process.name}/pause-at`), options.timeoutMs), () => {
      if (!process.isAlive) {
        return;
      }
      note('paused');
      trace.add(`pause ${process.name}`);
      process.pause();
      scheduler.after(pauseMs, () => process.resume());
    });
  }
  if (struck.has('killed')) {
    scheduler.after(soon(faults.detail(`${process.name}/kill-at`), options.timeoutMs), () => {
      note('killed');
      process.die();
    });
  }
  return scheduler.after(killAfterMs, () => process.die());
}

/** Most invocations take milliseconds, some as long as they may: a time in all magnitudes. */
function soon(drawn: number, timeoutMs: number): number {
  return timeoutMs ** drawn;
}
