import { codeOf, type Logger } from '../../core/index.ts';
import { type PassOutcome, type SweepOptions, sweepLanes } from './sweep-lanes.ts';

/** Waits of the producer's loop, in milliseconds. */
const IDLE_FIRST_MS = 100;
/** An idle invocation ends once it would wait longer: a tick costs little, waiting in Lambda does not. */
const IDLE_LAST_MS = 200;
/** Where the invocation stays awake it polls at least this often. */
const IDLE_AWAKE_MS = 1_000;
const ERROR_FIRST_MS = 1_000;
const ERROR_LAST_MS = 30_000;
/** What a pass needs to end well; none begins with less. */
const RESERVE_MS = 5_000;

export interface ProduceOptions extends Omit<SweepOptions, 'mayGoOn'> {
  readonly logger: Logger;
  /** When the invocation is ended, epoch milliseconds. */
  readonly deadline: number;
  /** Keep polling until the deadline instead of ending when idle. */
  readonly stayAwake: boolean;
  /** Aborted when the process must stop: the pass under way ends, no other begins. */
  readonly stop?: AbortSignal | undefined;
  /** Told after each pass, since an invocation may last long. */
  readonly onPass?: ((outcome: PassOutcome) => void) | undefined;
}

export interface ProduceSummary {
  readonly passes: number;
  readonly accepted: number;
  /** Passes that met trouble. */
  readonly errors: number;
}

/**
 * The producer's loop. No wait while there is work; while idle the wait doubles and then the invocation ends (or, awake, goes
 * on at a second's pace). A full queue is not idleness: there the invocation stays and looks for room. On errors it waits 1 s,
 * doubled up to 30 s as long as nothing gets done. Any number of these may run at the same time: every write is conditional.
 *
 * @throws AccessError when permissions do not allow the work: waiting cannot help, an alarm can.
 */
export async function produce(options: ProduceOptions): Promise<ProduceSummary> {
  const { clock, stop } = options;
  const mayGoOn = (): boolean => stop?.aborted !== true && options.deadline - clock.now() > RESERVE_MS;
  const summary = { passes: 0, accepted: 0, errors: 0 };
  let idleMs = IDLE_FIRST_MS;
  let errorMs = ERROR_FIRST_MS;
  while (mayGoOn()) {
    const outcome = await sweepLanes({ ...options, mayGoOn });
    const { accepted, capped, trouble } = outcome;
    options.onPass?.(outcome);
    summary.passes += 1;
    summary.accepted += accepted;
    if (trouble === undefined || accepted > 0) {
      errorMs = ERROR_FIRST_MS;
    }
    if (accepted > 0) {
      idleMs = IDLE_FIRST_MS;
    }
    let waitMs: number;
    if (trouble !== undefined) {
      if (codeOf(trouble) === 'denied') {
        throw trouble;
      }
      options.logger.warn('A pass met trouble; the next one waits', { waitMs: errorMs, error: trouble });
      summary.errors += 1;
      waitMs = errorMs;
      errorMs = Math.min(errorMs * 2, ERROR_LAST_MS);
    } else if (accepted > 0) {
      continue;
    } else {
      if (!options.stayAwake && !capped && idleMs > IDLE_LAST_MS) {
        break;
      }
      waitMs = idleMs;
      idleMs = Math.min(idleMs * 2, IDLE_AWAKE_MS);
    }
    await clock.sleep(Math.min(waitMs, Math.max(0, options.deadline - RESERVE_MS - clock.now())), stop);
  }
  return summary;
}
