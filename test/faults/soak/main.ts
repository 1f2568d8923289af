/** `npm run soak -- …`. Exit codes: 0 every accepted job ended once, and truly, 1 one did not, 2 wrong usage, 130 interrupted. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCommand, runCommand } from '../command.ts';
import { parseSoakOptions, SOAK_USAGE, type SoakOptions } from '../options.ts';
import { Soak } from './soak.ts';

async function run(options: SoakOptions, running: RunningCommand): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'soak-'));
  let isFine = false;
  try {
    isFine = await new Soak(options, directory, running).run();
  } finally {
    if (isFine || running.signal.aborted) await rm(directory, { recursive: true, force: true });
    else console.log(`The data is kept in ${directory}.`);
  }
  return isFine;
}

const parse = (args: readonly string[]): SoakOptions => parseSoakOptions(args, Date.now() % 1_000_000);
process.exitCode = await runCommand({ usage: SOAK_USAGE, parse, run });
