import { parseArgs } from 'node:util';
import { fuzzHttp } from './http/fuzz-http.ts';
import { fuzzMessages } from './messages/fuzz-messages.ts';
import { fuzzRawPuts } from './raw-puts/fuzz-raw-puts.ts';
import type { FuzzOptions } from './settings.ts';

const USAGE = `npm run fuzz -- [--seed S] [--cases N]
Sends N random requests to the API, puts N random items into the table and N random messages into the queue, in memory; exits with 1 when
one is lost, hangs, or is answered with an error of the service.
--seed   repeats a run; otherwise a new one is chosen
--cases  of each kind, 10000 if it is not given`;

/** Prints one kind of case. What went wrong is printed in full: with the seed it is all there is to repeat it. */
async function report(kind: string, fuzz: () => Promise<readonly string[]>): Promise<void> {
  try {
    console.log(`${kind}: ${(await fuzz()).join(', ')}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`${kind}: FAILED, ${error instanceof Error ? error.message : String(error)}`);
  }
}

const listCounts = (counts: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(counts).map(([name, count]) => `${count} ${name}`);

async function fuzzAll(options: FuzzOptions): Promise<void> {
  const { seed, cases } = options;
  console.log(`seed ${seed}, ${cases} cases of each kind`);
  await report('requests', async () => {
    const { answers, accepted } = await fuzzHttp(options);
    const byStatus = Object.entries(answers).map(([status, count]) => `${count} x ${status}`);
    return [...byStatus, `${accepted} jobs with the input that was sent`, '0 answers of 5xx', '0 hangs'];
  });
  await report('items', async () => [...listCounts(await fuzzRawPuts(options)), '0 lost']);
  await report('messages', async () => {
    const { dead, acknowledged, good } = await fuzzMessages(options);
    return [
      `${dead} in the dead-letter queue`,
      `${acknowledged} done with`,
      `${good} good jobs beside them run`,
      '0 lost',
    ];
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      cases: { type: 'string', default: '10000' },
      help: { type: 'boolean', default: false },
    },
  });
  const [seed, cases] = [Number(values.seed), Number(values.cases)];
  if (values.help) {
    console.log(USAGE);
  } else if (!Number.isInteger(seed) || !Number.isInteger(cases) || cases < 1) {
    console.error(`Expected whole numbers, got --seed ${values.seed} --cases ${values.cases}.\n${USAGE}`);
    process.exitCode = 2;
  } else {
    await fuzzAll({ seed, cases });
  }
}

await main();
