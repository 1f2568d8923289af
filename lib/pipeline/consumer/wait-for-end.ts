import type { Clock } from '../../core/index.ts';
import { ABORT_GRACE_MS, type Invocation, STOP_GRACE_MS } from './ports.ts';

/** How waiting for a handler ended. */
export interface End<Outcome> {
  /** Undefined for a handler that goes on although it was told to stop. */
  readonly outcome: Outcome | undefined;
  /** Why it was told to stop, if it was. */
  readonly told: 'time-is-up' | 'process-stops' | undefined;
}

const STILL_RUNNING = Symbol('still running');

/**
 * Waits for a handler. When its time is up, or the process must stop, it is told so through its signal and gets a grace to come
 * to its end; a handler that ignores the signal is given up.
 */
export async function waitForEnd<Outcome>(
  running: Promise<Outcome>,
  abort: AbortController,
  { clock, deadline, stop }: { readonly clock: Clock; readonly deadline: number } & Pick<Invocation, 'stop'>,
): Promise<End<Outcome>> {
  const within = async (delayMs: number, signal: AbortSignal): Promise<Outcome | typeof STILL_RUNNING> =>
    await Promise.race([running, clock.sleep(delayMs, signal).then((): typeof STILL_RUNNING => STILL_RUNNING)]);
  const over = new AbortController();
  // Not AbortSignal.any: a signal that outlives many jobs, as `stop` does, would keep a little of each of them.
  const overOrStopped = new AbortController();
  const wake = (): void => overOrStopped.abort();
  stop?.addEventListener('abort', wake);
  if (stop?.aborted === true) {
    wake();
  }
  try {
    const first = await within(deadline - clock.now(), overOrStopped.signal);
    if (first !== STILL_RUNNING) {
      return { outcome: first, told: undefined };
    }
    const told = stop?.aborted === true && clock.now() < deadline ? 'process-stops' : 'time-is-up';
    abort.abort(reasonFor(told));
    const graceMs = told === 'process-stops' ? Math.min(STOP_GRACE_MS, deadline - clock.now()) : 0;
    const last = await within(Math.max(ABORT_GRACE_MS, graceMs), over.signal);
    return { outcome: last === STILL_RUNNING ? undefined : last, told };
  } finally {
    stop?.removeEventListener('abort', wake);
    wake();
    over.abort();
  }
}

function reasonFor(told: NonNullable<End<unknown>['told']>): DOMException {
  return told === 'process-stops'
    ? new DOMException('The process must stop.', 'AbortError')
    : new DOMException('The time of the job is up.', 'TimeoutError');
}
