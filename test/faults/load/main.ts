/** `npm run load -- …`. Exit codes: 0 all is as it should be, 1 it is not, 2 wrong usage, 130 interrupted. */

import { loadavg } from 'node:os';
import { type RunningCommand, runCommand } from '../command.ts';
import { LOAD_USAGE, type LoadName, type LoadOptions, parseLoadOptions } from '../options.ts';
import { burst } from './burst.ts';
import { drain } from './drain.ts';
import type { Measurement, Report } from './report.ts';
import { throttled } from './throttled.ts';

const SHOWN = 20;

const LOADS: Readonly<Record<LoadName, (options: LoadOptions, measurement: Measurement) => Promise<Report>>> = {
  drain: ({ jobs }, measurement) => drain(jobs, measurement),
  burst: (_, measurement) => burst(measurement),
  throttled: ({ minutes }, measurement) => throttled(minutes, measurement),
};

const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const averageLoad = (): string =>
  loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');

async function load(options: LoadOptions, { signal, tellBy }: RunningCommand): Promise<boolean> {
  const done: string[] = [];
  let isFine = true;
  for (const name of options.loads) {
    const tellAfterDone = (reached: () => string): void => tellBy(() => [...done, `${name}: ${reached()}`].join('; '));
    say(`${name}: begins with a load average of ${averageLoad()}`);
    tellAfterDone(() => 'just begun');
    const { lines, problems } = await LOADS[name](options, { say, signal, tellBy: tellAfterDone });
    console.log(`\n${name}`);
    for (const line of lines) console.log(`  ${line}`);
    for (const problem of problems.slice(0, SHOWN)) console.log(`  PROBLEM ${problem}`);
    console.log(`  ${problems.length} problems; load average ${averageLoad()}\n`);
    done.push(`${name}: ${problems.length} problems`);
    isFine &&= problems.length === 0;
  }
  return isFine;
}

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
process.exitCode = await runCommand({ usage: LOAD_USAGE, parse: parseLoadOptions, run: load });
