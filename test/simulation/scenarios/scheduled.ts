import { encodeMessage } from '../../../lib/core/index.ts';
import { scripted } from '../world/job-types.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { drawScript, submitScripts } from './submit-scripts.ts';

const SUBMITTED = 6;
const RAW_PUTS = 3;
const MINUTE_MS = 60_000;

/** Jobs for later: within a queue's reach and beyond it, and some that were put raw. For a minute the queue keeps no delay. */
export const scheduled: Scenario = {
  name: 'scheduled',
  faults: {
    stopAt: 40 * MINUTE_MS,
    busyMs: 35 * MINUTE_MS,
    windows: [{ kind: 'message-early', from: MINUTE_MS, until: 2 * MINUTE_MS }],
  },
  begin: (world) => {
    submitScripts(world, SUBMITTED, (name) => ({
      script: drawScript(world, name),
      atMs: world.faults.detail(`${name}/at`) * MINUTE_MS,
      delayMs: Math.floor(world.faults.detail(`${name}/delay`) * 35 * MINUTE_MS),
    }));
    for (let index = 0; index < RAW_PUTS; index += 1) {
      world.later(world.faults.detail(`raw-${index}/at`) * MINUTE_MS, () => putRaw(world, `raw-${index}`));
      // Somebody who cannot wait sends a message of his own.
      world.later(world.faults.detail(`raw-${index}/nudge`) * 5 * MINUTE_MS, () =>
        world.sendStray(encodeMessage({ id: `raw-${index}` })),
      );
    }
  },
};

/** The least that works, as somebody with an SDK puts it, or with a due time that the index does not know. */
function putRaw(world: World, id: string): void {
  const { now } = world.scheduler;
  const delayMs = Math.floor(world.faults.detail(`${id}/delay`) * 30 * MINUTE_MS);
  world.store.putRaw({
    id,
    type: scripted.type,
    status: 'queued',
    input: JSON.stringify(drawScript(world, id)),
    lane: 'default#live#0',
    ...(world.faults.detail(`${id}/due`) < 0.5 ? { nextAt: now + delayMs } : { nextAt: now, dueAt: now + delayMs }),
  });
}
