import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figure, Measurement } from './figure.ts';
import { measureBacklog } from './measure/backlog.ts';
import { measureBundles } from './measure/bundles.ts';
import { measureClientCpu } from './measure/client-cpu.ts';
import { measureEndToEnd } from './measure/end-to-end.ts';
import { measureRequests } from './measure/requests.ts';
import { measureWriteUnits } from './measure/write-units.ts';

// The SDK says in every process that Node 20 will go; that is about this machine only, and no figure.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  'write-units': measureWriteUnits,
  requests: measureRequests,
  'client-cpu': measureClientCpu,
  'end-to-end': measureEndToEnd,
  bundles: measureBundles,
  backlog: measureBacklog,
};

const USAGE = `npm run bench -- [--only NAME[,NAME…]] [--json FILE]
NAME is one of ${Object.keys(MEASUREMENTS).join(', ')}.`;

const formatRow = ({ name, value, unit, target, met }: Figure): string => {
  const number = value >= 100 ? value.toFixed(0) : value.toFixed(2);
  const verdict = met === undefined ? '' : `${target} ${met ? 'yes' : 'NO'}`;
  return `${name.padEnd(58)} ${number.padStart(9)} ${unit.padEnd(13)} ${verdict}`;
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
  const names = values.only?.split(',') ?? Object.keys(MEASUREMENTS);
  const figures: Figure[] = [];
  for (const name of names) {
    const measure = MEASUREMENTS[name];
    if (measure === undefined) {
      throw new TypeError(`There is no measurement "${name}".\n${USAGE}`);
    }
    for (const figure of await measure()) {
      figures.push(figure);
      process.stdout.write(`${formatRow(figure)}\n`);
    }
  }
  if (values.json !== undefined) {
    const machine = { node: process.version, processors: cpus().length, model: cpus()[0]?.model };
    writeFileSync(
      values.json,
      `${JSON.stringify({ measuredAt: new Date().toISOString(), machine, figures }, undefined, 2)}\n`,
    );
  }
}

await main();
