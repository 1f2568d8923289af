import { encodeMessage } from '../../../lib/core/index.ts';
import { FAULT_KINDS, isFaultKind } from '../faults/fault-kinds.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { drawWorkMs, submitScripts } from './submit-scripts.ts';

const JOBS = 20;
const POISON: Readonly<Record<number, 'exit' | 'run-out-of-memory'>> = { 4: 'exit', 13: 'run-out-of-memory' };

/** Two of twenty jobs end their process whenever they run, each in its way, and two messages stand for no job at all. */
export const poison: Scenario = {
  name: 'poison',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => ({
      script: [{ do: POISON[index] ?? 'return', afterMs: Math.floor(drawWorkMs(world, name) / 10) }],
      atMs: index,
    }));
    world.sendStray('no message of ours');
    world.sendStray(encodeMessage({ id: 'no-such-job' }));
  },
  atEnd: (world) => {
    const ended = [...world.ledger.records.values()].map((job) => ({ job, isPoison: !job.input.includes('return') }));
    const survivor = ended.find(({ job, isPoison }) => isPoison && job.status !== 'failed');
    if (survivor !== undefined) {
      return `poison: ${survivor.job.id} is ${survivor.job.status}, it can only fail`;
    }
    const victim = ended.find(({ job, isPoison }) => !isPoison && (job.status !== 'completed' || job.crashes > 0));
    return victim !== undefined && isTransportOnly(world)
      ? `poison: ${victim.job.id} is ${victim.job.status} with ${victim.job.crashes} crashes, nothing but poison harmed it`
      : undefined;
  },
};

/** Nothing ended a process or cut it off from the table, but for the poison itself. */
function isTransportOnly(world: World): boolean {
  return world.faults.struck.every((name) => {
    const kind = name.slice(name.lastIndexOf(':') + 1);
    return isFaultKind(kind) && ['message', 'index'].includes(FAULT_KINDS[kind].at);
  });
}
