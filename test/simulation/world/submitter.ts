import { SUBMITTED_UNCOUNTED, type Telemetry } from '../../../lib/core/index.ts';
import { type SubmitRequest, submitJobs } from '../../../lib/pipeline/index.ts';
import { publishAfter } from '../../../lib/telemetry/index.ts';
import { strikeProcess } from './process-faults.ts';
import type { World } from './world.ts';

export interface SubmitterOptions {
  /** Told once the caller knows that its job was accepted. */
  readonly onAccepted?: ((jobId: string) => void) | undefined;
  /** Default: 8. */
  readonly tries?: number;
}

const NO_ANSWER_MS = 30_000;
const RETRY_MS = 5_000;
const TRIES = 8;
/** Submits that go past the API, in a process that has no metrics. */
const SHARE_BY_SDK = 0.3;
const SILENT: Telemetry = { submitted: () => {}, claimed: () => {}, accepted: () => {}, noticed: () => {} };

/**
 * A caller that wants a job done: it submits, and when it does not learn what became of that, it tries again if it has an
 * idempotency key, in a process of its own each time.
 */
export function submit(
  world: World,
  request: SubmitRequest,
  { onAccepted = () => {}, tries = TRIES }: SubmitterOptions = {},
): void {
  const process = world.startProcess('submitter');
  world.ledger.wishes.set(process, { kind: 'submit', runAt: request.runAt });
  let isOver = false;
  const again = (afterMs: number): void => {
    if (!isOver) {
      isOver = true;
      process.die();
      if (request.idempotencyKey !== undefined && tries > 1) {
        world.later(afterMs, () => submit(world, request, { onAccepted, tries: tries - 1 }));
      }
    }
  };
  process.onDeath(() => again(NO_ANSWER_MS));
  strikeProcess(world, process);
  const isBySdk = world.faults.detail(`${process.name}/by-sdk`) < SHARE_BY_SDK;
  const ports = world.portsOf(process);
  const submitted = publishAfter(world.meter.metricsOf(process), submitJobs)(
    isBySdk ? { ...ports, telemetry: SILENT, detail: SUBMITTED_UNCOUNTED } : ports,
    [request],
  );
  world.scheduler.follow(submitted, ([result]) => {
    if (!process.isAlive || result === undefined) {
      return;
    }
    world.meter.finish(process);
    if (result.kind === 'accepted') {
      isOver = true;
      process.die();
      world.acknowledge({
        jobId: result.job.id,
        key: request.idempotencyKey,
        input: JSON.stringify(request.input),
      });
      onAccepted(result.job.id);
      return;
    }
    world.trace.add(`rejected ${process.name} ${result.error.code}`);
    if (result.error.code === 'unavailable') {
      again(RETRY_MS);
    } else {
      isOver = true;
      process.die();
      world.rejections.push({ key: request.idempotencyKey, code: result.error.code });
    }
  });
}
