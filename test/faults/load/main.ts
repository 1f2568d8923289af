/** `npm run load -- [--only drain|burst|throttled] [--jobs 100000] [--minutes 5]`. Exits with 1 unless all is as it should be. */

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { burst } from './burst.ts';
import { drain } from './drain.ts';
import type { Report } from './report.ts';
import { throttled } from './throttled.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const SHOWN = 20;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    jobs: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '5' },
  },
});
const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const LOADS: Readonly<Record<string, () => Promise<Report>>> = {
  drain: () => drain(Number(values.jobs), say),
  burst: () => burst(say),
  throttled: () => throttled(Number(values.minutes), say),
};

const names = values.only?.split(',') ?? Object.keys(LOADS);
const unknown = names.find((name) => LOADS[name] === undefined);
if (unknown !== undefined || !(Number(values.jobs) > 0) || !(Number(values.minutes) > 0)) {
  console.error(
    `Expected --only to name ${Object.keys(LOADS).join(', ')}, and --jobs and --minutes to be numbers above 0.`,
  );
  process.exit(2);
}

const averageLoad = (): string =>
  loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
for (const name of names) {
  say(`${name}: begins with a load average of ${averageLoad()}`);
  const { lines, problems } = (await LOADS[name]?.()) ?? { lines: [], problems: [] };
  console.log(`\n${name}`);
  for (const line of lines) console.log(`  ${line}`);
  for (const problem of problems.slice(0, SHOWN)) console.log(`  PROBLEM ${problem}`);
  console.log(`  ${problems.length} problems; load average ${averageLoad()}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
