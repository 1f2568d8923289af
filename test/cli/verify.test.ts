import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../lib/cli/main.ts';
import { createJsonLogger, createLogTelemetry } from '../../lib/telemetry/index.ts';
import { createFaults } from '../pipeline/faults.ts';
import { echo, jobOf, setup } from '../pipeline/sample-jobs.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verify-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The log of a run in which a job fails twice and another's consumer dies. */
async function createLog(): Promise<readonly string[]> {
  const flaky = jobOf('flaky', (_, { attempt }) => {
    if (attempt < 3) {
      throw new Error('not yet');
    }
  });
  const stack = setup(() => [echo, flaky]);
  await stack.submit(echo.definition, 1);
  await stack.submit(flaky.definition, 1);
  const doomed = createFaults(({ method }) => (method === 'claim' ? 'die-after' : undefined));
  await stack.clock.run(Promise.race([stack.deliver({ wrap: doomed.wrap, maxMessages: 1 }), doomed.died]));
  await stack.runToEnd();
  const lines: string[] = [];
  const logger = createJsonLogger({ source: 'consumer', write: (line) => lines.push(line), now: () => 0 });
  const telemetry = createLogTelemetry(logger);
  const { submissions, claims, changes } = stack.recorder;
  for (const job of submissions) {
    telemetry.submitted(job);
  }
  for (const job of claims) {
    telemetry.claimed(job);
  }
  for (const change of changes) {
    telemetry.accepted(change);
  }
  return lines;
}

async function verify(lines: readonly string[], ...flags: readonly string[]) {
  const file = join(directory, 'log.jsonl');
  await writeFile(file, `${lines.join('\n')}\n`);
  return await run('--log', file, ...flags);
}

async function run(...args: readonly string[]) {
  const print = vi.fn<(text: string) => void>();
  const report = vi.fn<(text: string) => void>();
  const terminal = { environment: {}, workingDirectory: directory, colors: false, print, report, exit: vi.fn() };
  const exitCode = await runCommandLine(['verify', ...args], terminal);
  return { exitCode, printed: print.mock.calls.flat().join('\n'), reported: report.mock.calls.flat().join('\n') };
}

const changed = (line: string, change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...JSON.parse(line), ...change });

const jobIdOf = (line: string): string => (JSON.parse(line) as { jobId: string }).jobId;

describe('verify', () => {
  it('finds nothing wrong in a true log; a claim whose process died before it told is a gap', async () => {
    const { exitCode, printed } = await verify(['', 'START RequestId: 1', ...(await createLog())], '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      jobs: 2,
      violations: [],
      unreadable: [],
      gaps: [{ jobId: expect.stringContaining('job-') }],
      unfinished: [],
    });
  });

  it.each<[string, (line: string) => string]>([
    ['after a time stamp, as exported to S3', (line) => `2026-01-01T00:00:00.000Z ${line}`],
    ['as the message of an event', (line) => JSON.stringify({ timestamp: 1, message: line })],
    ['as a row of Logs Insights', (line) => JSON.stringify({ '@timestamp': 'x', '@message': line })],
  ])('reads lines %s', async (_, wrap) => {
    const log = await createLog();
    const { printed } = await verify(log.map(wrap), '--json');
    expect(JSON.parse(printed)).toMatchObject({ jobs: 2, transitions: log.length, violations: [] });
  });

  it.each<[string, (log: readonly string[]) => string]>([
    [
      'the events that `aws logs filter-log-events` prints',
      (log) =>
        JSON.stringify({ events: log.map((message) => ({ timestamp: 1, message })), searchedLogStreams: [] }, null, 4),
    ],
    ['the same on one line', (log) => JSON.stringify({ events: log.map((message) => ({ message })) })],
    ['rows of Logs Insights', (log) => JSON.stringify(log.map((line) => ({ '@timestamp': 'x', '@message': line })))],
    [
      'such rows with objects, pretty-printed',
      (log) =>
        JSON.stringify(
          log.map((line) => ({ '@message': JSON.parse(line) as unknown })),
          null,
          2,
        ),
    ],
  ])('reads %s as one document', async (_, toDocument) => {
    const log = await createLog();
    const { printed } = await verify([toDocument(log)], '--json');
    expect(JSON.parse(printed)).toMatchObject({ lines: log.length, jobs: 2, transitions: log.length, violations: [] });
  });

  it('fails for a document that was cut', async () => {
    const events = (await createLog()).map((message) => ({ message }));
    const { exitCode, printed } = await verify([JSON.stringify({ events }, null, 4).slice(0, -40)]);
    expect([exitCode, printed]).toEqual([1, expect.stringMatching(/^unreadable {2}line \d+ of /m)]);
  });

  it('reads several logs as one history, and names the one whose line it cannot read', async () => {
    const log = await createLog();
    await writeFile(join(directory, 'a'), log.filter((_, index) => index % 2 === 0).join('\n'));
    await writeFile(
      join(directory, 'b'),
      JSON.stringify(log.filter((_, index) => index % 2 === 1).map((line) => ({ '@message': line }))),
    );
    const whole = JSON.parse((await verify(log, '--json')).printed) as unknown;
    expect(JSON.parse((await run('--log', 'a', '--log', 'b', '--json')).printed)).toEqual(whole);
    await writeFile(join(directory, 'b'), `${log[1]}\n${log[3]?.slice(0, -4)}`);
    expect((await run('--log', 'a', '--log', 'b')).printed).toContain('unreadable  line 2 of b');
    expect(JSON.parse((await run('--log', 'a', '--log', 'b', '--json')).printed)).toMatchObject({
      unreadable: [{ log: 'b', line: 2 }],
    });
  });

  it('catches a log that was doctored, whichever line of it', async () => {
    const log = await createLog();
    const claims = log.filter((line) => line.includes('"event":"claim"'));
    const ends = log.filter((line) => line.includes('"to":"completed"'));
    expect([claims.length, ends.length]).toEqual([4, 2]);
    const doctored = [
      ...ends.map((line) => changed(line, { event: 'fail', to: 'failed', reason: 'Error' })),
      ...ends.map((line) =>
        changed(line, { event: 'claim', from: 'completed', to: 'running', attempt: 9, maxRuns: 8 }),
      ),
      ...claims.map((line) => changed(line, { at: 1 })),
    ];
    for (const line of doctored) {
      const { exitCode, printed } = await verify([...log, line]);
      expect({ line, exitCode }).toEqual({ line, exitCode: 1 });
      expect(printed).toMatch(/^I[3-7] {2}job-\S+ {2}\S/m);
    }
  });

  it('reads what is compressed', async () => {
    const log = await createLog();
    await writeFile(join(directory, 'log.gz'), gzipSync(log.join('\n')));
    const { printed } = await run('--log', 'log.gz', '--json');
    expect(JSON.parse(printed)).toMatchObject({ lines: log.length, jobs: 2, transitions: log.length });
  });

  it('is strict where it is asked to be: a line that was left out is wrong, too, and named', async () => {
    const all = await createLog();
    const { gaps } = JSON.parse((await verify(all, '--json')).printed) as { gaps: readonly { jobId: string }[] };
    const log = all.filter((line) => !gaps.some(({ jobId }) => jobId === jobIdOf(line)));
    expect((await verify(log, '--strict')).exitCode).toBe(0);
    for (const [index, line] of log.entries()) {
      const { exitCode, printed } = await verify(log.toSpliced(index, 1), '--strict');
      const isEnd = log.findLast((other) => jobIdOf(other) === jobIdOf(line)) === line;
      const isSubmit = line.includes('"event":"submit"');
      if (!isEnd && !isSubmit) {
        expect({ line, printed }).toMatchObject({ printed: expect.stringMatching(/^gaps +1 /m) });
        expect(exitCode).toBe(1);
        expect(printed).toMatch(/^gap {2}job-\S+ {2}before \S/m);
      }
    }
  });

  it.each<[string, (line: string) => string]>([
    ['cut', (line) => line.slice(0, -4)],
    ['cut before its event', (line) => line.slice(0, line.indexOf('"event"'))],
    ['with a garbled front', (line) => line.slice(12)],
    ['cut within its message', (line) => line.slice(0, line.indexOf('"jobId"') - 4)],
    ['without its event', (line) => changed(line, { event: undefined })],
    ['with an attempt that is none', (line) => changed(line, { attempt: -1 })],
    ['with an attempt as text', (line) => changed(line, { attempt: '1' })],
    ['of an event that there is not', (line) => changed(line, { event: 'ended' })],
    ['of a status that there is not', (line) => changed(line, { to: 'done' })],
    ['of a claim without its budget', (line) => changed(line, { event: 'claim', maxRuns: undefined })],
    ['with a time that is none', (line) => changed(line, { at: 'yesterday' })],
  ])('fails for a line %s, whichever it is, and names it', async (_, spoil) => {
    const log = await createLog();
    for (const index of log.keys()) {
      const { exitCode, printed } = await verify(log.with(index, spoil(log[index] ?? '')));
      expect(exitCode).toBe(1);
      expect(printed).toContain(`unreadable  line ${index + 1}`);
    }
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['of itself', { message: 'uploaded', event: 'upload' }],
    ['in words of a transition', { message: 'mail sent', event: 'complete', from: 'running', to: 'completed', at: 1 }],
    ['to somebody', { message: 'mail sent', event: 'mail-sent', to: 'bob@example.com' }],
    ['of its end', { message: 'job completed', at: 1 }],
  ])('takes what a handler logs %s for none of its own', async (_, said) => {
    const log = await createLog();
    const line = JSON.stringify({ level: 'info', jobId: 'job-1', jobType: 'flaky', attempt: 1, ...said });
    const { exitCode, printed } = await verify([line, ...log], '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ unreadable: [], transitions: log.length });
  });

  it('names under --strict the jobs that are not over, which are not wrong', async () => {
    const log = (await createLog()).filter((line) => !line.includes('"to":"completed"'));
    const ids = [...new Set(log.map(jobIdOf))];
    const { printed } = await verify(log, '--strict');
    expect(printed.split('\n').filter((line) => line.startsWith('not final  job-'))).toEqual(
      ids.map((id) => `not final  ${id}`),
    );
    expect(JSON.parse((await verify(log, '--json')).printed)).toMatchObject({ unfinished: ids });
  });

  it('says what it found in words', async () => {
    const { printed } = await verify((await createLog()).filter((line) => !line.includes('"to":"completed"')));
    expect(printed).toMatch(
      /^\d+ lines, \d+ transitions of 2 jobs\nviolations {2}0\nunreadable {2}0 .*\ngaps {8}1 .*\nunfinished {2}2 /,
    );
  });

  it.each([
    ['no-such-file', 'Expected --log to name a file, but there is no "no-such-file". Check the path,'],
    ['.', 'Expected --log to name a file, but "." is a directory. Name its files,'],
    ['cut.gz', 'Expected "cut.gz" to be whole, since it is compressed, but it was cut or damaged.'],
  ])('fails with a sentence where there is nothing to read: %s', async (log, sentence) => {
    await writeFile(join(directory, 'cut.gz'), gzipSync((await createLog()).join('\n')).subarray(0, -20));
    const { exitCode, reported } = await run('--log', log);
    expect([exitCode, reported]).toEqual([2, expect.stringContaining(sentence)]);
    expect(reported).not.toMatch(/ENOENT|EISDIR/);
  });

  it.each([
    [['--log']],
    [[]],
    [['--log', 'no-such-file']],
    [['--log', 'empty']],
    [['--log', '.']],
    [['--log', '']],
    [['--fast']],
  ])('fails with exit code 2 on %j', async (args) => {
    await writeFile(join(directory, 'empty'), '\n{"message":"hello"}\nnull\n{broken');
    expect(await run(...args)).toMatchObject({ exitCode: 2, printed: '', reported: expect.stringMatching(/--help/) });
  });
});
