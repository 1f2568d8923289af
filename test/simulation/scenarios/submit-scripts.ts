import type { Script, Step } from '../world/job-types.ts';
import { scripted } from '../world/job-types.ts';
import { submit } from '../world/submitter.ts';
import type { World } from '../world/world.ts';

export interface Submitting {
  readonly name: string;
  /** Default: {@link scripted}. */
  readonly definition?: typeof scripted;
  readonly script: Script;
  /** When it is submitted; milliseconds since the start. */
  readonly atMs: number;
  /** How long after that the job may run. */
  readonly delayMs?: number;
  readonly onAccepted?: (jobId: string) => void;
}

/** Submits one job under a key of its own. */
export function submitScript(
  world: World,
  { name, definition = scripted, script, atMs, delayMs = 0, onAccepted }: Submitting,
): void {
  world.later(atMs, () =>
    submit(
      world,
      {
        definition,
        input: script,
        idempotencyKey: name,
        ...(delayMs === 0 ? {} : { runAt: world.scheduler.now + delayMs }),
      },
      { onAccepted },
    ),
  );
}

/** Submits `job-0`, `job-1` and so on. */
export function submitScripts(
  world: World,
  count: number,
  describe: (name: string, index: number) => Omit<Submitting, 'name'>,
): void {
  for (let index = 0; index < count; index += 1) {
    const name = `job-${index}`;
    submitScript(world, { name, ...describe(name, index) });
  }
}

/** The most that a drawn handler works. */
const LONGEST_MS = 15_000;

/** How long a handler works: mostly little. */
export function drawWorkMs(world: World, name: string): number {
  return Math.floor(world.faults.detail(`${name}/work`) ** 4 * LONGEST_MS);
}

/** What a handler does: half of them just work, the others do one thing or another first. */
export function drawScript(world: World, name: string): Script {
  const afterMs = drawWorkMs(world, name);
  const works: Step = { do: 'return', afterMs };
  const seconds = 30 + Math.floor(world.faults.detail(`${name}/seconds`) * 1_200);
  const scripts: readonly Script[] = [
    [{ do: 'throw', afterMs }, works],
    [{ do: 'exit', afterMs }, works],
    [{ do: 'exit', afterMs }],
    [{ do: 'hang' }, works],
    [{ do: 'heed' }, works],
    [{ do: 'throw', afterMs }],
    [{ do: 'permanent', afterMs }],
    [{ do: 'later', seconds }, works],
    [{ do: 'progress', afterMs }],
  ];
  return scripts[Math.floor(world.faults.detail(`${name}/script`) * scripts.length * 2)] ?? [works];
}
