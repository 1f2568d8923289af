import { decide, type RunningJob, storedFrom } from '../../core/index.ts';
import { toJsonText } from '../json-text.ts';
import type { ConsumerPorts } from './ports.ts';

const WRITE_EVERY_MS = 1_000;
/** Every write of progress is billed by its size, and input and result need their room in the item. */
const MAX_PROGRESS_LENGTH = 10_000;

export interface Progress {
  readonly report: (value: unknown) => Promise<void>;
  /** The run is over: what is reported later is ignored. Returns the latest value as JSON text, to be kept with the result. */
  readonly close: () => string | undefined;
}

/**
 * Keeps what a handler tells of its progress, at most once a second. A refused write means that the run has lost its job: the
 * handler's signal is aborted, since whatever it does now is in vain. A store that does not answer is no reason to disturb it.
 *
 * @throws TypeError from `report` when the value is not JSON, or too much of it
 */
export function createProgress(ports: ConsumerPorts, job: RunningJob, abort: AbortController): Progress {
  let latest: string | undefined;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let isOpen = true;
  const report = async (value: unknown): Promise<void> => {
    if (!isOpen) {
      return;
    }
    latest = toProgressText(value);
    const now = ports.clock.now();
    if (now - writtenAt < WRITE_EVERY_MS) {
      return;
    }
    writtenAt = now;
    const isRefused = await write(ports, job, latest);
    if (isRefused && isOpen) {
      ports.telemetry.noticed('FencedWrites', { jobId: job.id, attempt: job.attempt, write: 'progress' });
      abort.abort(new DOMException('This run has lost its job.', 'AbortError'));
    }
  };
  const close = (): string | undefined => {
    isOpen = false;
    return latest;
  };
  return { report, close };
}

function toProgressText(value: unknown): string {
  const text = toJsonText(value);
  if (text.kind === 'unstorable') {
    throw new TypeError(`Progress cannot be kept: ${text.problem}.`);
  }
  if (text.text.length > MAX_PROGRESS_LENGTH) {
    throw new TypeError(
      `Progress cannot be kept: it has ${text.text.length} characters of JSON, at most ${MAX_PROGRESS_LENGTH} are possible.`,
    );
  }
  return text.text;
}

/** Whether the store refused, because the run is no longer the job's. */
async function write(ports: ConsumerPorts, job: RunningJob, value: string): Promise<boolean> {
  const context = { now: ports.clock.now(), policy: ports.policy };
  const decision = decide(storedFrom(job), { name: 'progress', value }, context);
  if (decision.kind !== 'change') {
    return false;
  }
  try {
    const [result] = await ports.store.write([decision.change]);
    if (result?.kind === 'error') {
      ports.logger.warn('Progress could not be kept', { jobId: job.id, attempt: job.attempt, error: result.error });
    }
    if (result?.kind === 'accepted') {
      ports.telemetry.accepted(decision.change);
    }
    return result?.kind === 'refused';
  } catch (error) {
    ports.logger.warn('Progress could not be kept', { jobId: job.id, attempt: job.attempt, error });
    return false;
  }
}
