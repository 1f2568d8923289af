import { novel, scripted } from '../world/job-types.ts';
import { cancelSome } from '../world/person.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { drawScript, submitScripts } from './submit-scripts.ts';

const JOBS = 10;
/** Between the signal and the end of a process. */
const STOP_MS = 10_000;
const DEPLOYS = 3;

/**
 * New code, which knows one type more, replaces consumers that are in the middle of their batches: they are asked to stop, then
 * ended. Jobs of the new type come before it, and some jobs are canceled.
 */
export const deploy: Scenario = {
  name: 'deploy',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => ({
      definition: index % 4 === 0 ? novel : scripted,
      script: drawScript(world, name),
      atMs: world.faults.detail(`${name}/at`) * 20_000,
      onAccepted: (jobId) => cancelSome(world, name, jobId, 40_000),
    }));
    for (let count = 0; count < DEPLOYS; count += 1) {
      world.later(world.faults.detail(`deploy#${count}`) * 40_000, () => replaceConsumers(world));
    }
  },
};

function replaceConsumers(world: World): void {
  world.knownTypes.add(novel.type);
  for (const process of world.processes('consumer')) {
    process.askToStop();
    world.later(STOP_MS, () => process.die());
  }
}
