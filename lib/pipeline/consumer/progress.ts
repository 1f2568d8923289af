import { decide, type RunningJob, storedFrom } from '../../core/index.ts';
import { toJsonText } from '../json-text.ts';
import type { ConsumerPorts } from './ports.ts';

const WRITE_EVERY_MS = 1_000;

export interface Progress {
  readonly report: (value: unknown) => Promise<void>;
  /** The latest value as JSON text, to be kept with the result. */
  readonly latest: () => string | undefined;
}

/**
 * Keeps what a handler tells of its progress, at most once a second. A refused write means that the run has lost its job: the
 * handler's signal is aborted, since whatever it does now is in vain.
 *
 * @throws TypeError from `report` when the value is not JSON
 */
export function createProgress(ports: ConsumerPorts, job: RunningJob, abort: AbortController): Progress {
  let latest: string | undefined;
  let writtenAt = Number.NEGATIVE_INFINITY;
  const report = async (value: unknown): Promise<void> => {
    const text = toJsonText(value);
    if (text.kind === 'unstorable') {
      throw new TypeError(`Progress cannot be kept: ${text.problem}.`);
    }
    latest = text.text;
    const now = ports.clock.now();
    if (now - writtenAt < WRITE_EVERY_MS) {
      return;
    }
    writtenAt = now;
    const decision = decide(storedFrom(job), { name: 'progress', value: latest }, { now, policy: ports.policy });
    const [result] = decision.kind === 'change' ? await ports.store.write([decision.change]) : [];
    if (result?.kind === 'refused') {
      ports.telemetry.noticed('FencedWrites', { jobId: job.id, attempt: job.attempt, write: 'progress' });
      abort.abort(new DOMException('This run has lost its job.', 'AbortError'));
    }
  };
  return { report, latest: () => latest };
}
