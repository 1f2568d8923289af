import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InvokeResult } from '../../../lib/local/lambda/invocation.ts';
import type { LocalFunction } from '../../../lib/local/lambda/local-function.ts';
import { ToyFunctions } from './toy-function.ts';

const toys = new ToyFunctions();
let directory: string;

beforeEach(async () => {
  toys.lines.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'replace-code-'));
});
afterEach(async () => {
  await toys.cleanUp();
  await rm(directory, { recursive: true, force: true });
});
afterAll(() => toys.end());

/** Answers with its version; an event `{ hold }` waits for the file of that name to appear. */
const codeOf = (version: string): string => `
  const { existsSync, writeFileSync } = require('node:fs');
  exports.handler = async (event) => {
    if (event.started) writeFileSync(event.started, '');
    while (event.hold && !existsSync(event.hold)) await new Promise((resolve) => setTimeout(resolve, 5));
    return '${version}';
  };
`;

const writeCode = async (version: string, code = codeOf(version)): Promise<string> => {
  const path = join(directory, version);
  await mkdir(path);
  await writeFile(join(path, 'index.js'), code);
  return path;
};

const invoke = (toy: LocalFunction, event: object = {}) => toy.invoke({ payload: JSON.stringify(event) });

/** Resolves once nothing runs on the code before. */
const adopt = async (
  toy: LocalFunction,
  codeDirectory: string,
  endsRunning = false,
): Promise<{ done: Promise<void> }> => {
  const trial = await toy.tryCode(codeDirectory, new AbortController().signal);
  if (trial.kind !== 'loaded') throw new Error(`expected code that loads, got ${JSON.stringify(trial)}`);
  return { done: trial.adopt({ endsRunning }) };
};

const answer = (version: string) => expect.objectContaining({ kind: 'success', payload: `"${version}"` });

const holdOne = async (toy: LocalFunction) => {
  const [started, hold] = [join(directory, 'started'), join(directory, 'hold')];
  const result = invoke(toy, { started, hold });
  await expect.poll(() => existsSync(started), { timeout: 10_000 }).toBe(true);
  return { result, release: () => writeFile(hold, '') };
};

describe('new code', () => {
  it('lets what runs end on the code it started on, and starts the rest on the new one', async () => {
    const toy = await toys.start(codeOf('old'));
    const held = await holdOne(toy);
    const { done } = await adopt(toy, await writeCode('new'));

    expect(await invoke(toy)).toEqual(answer('new'));
    await held.release();
    expect(await held.result).toEqual(answer('old'));
    await done;
    expect(await invoke(toy)).toEqual(answer('new'));
  });

  it('is what an invocation runs that has waited for an environment', async () => {
    const toy = await toys.start(codeOf('old'), { maxUnreservedEnvironments: 1 });
    const held = await holdOne(toy);
    const waiting = invoke(toy);
    const { done } = await adopt(toy, await writeCode('new'));

    await held.release();
    expect(await waiting).toEqual(answer('new'));
    await done;
  });

  it('ends what is idle or starting', async () => {
    const toy = await toys.start('for (;;);');
    const starting: Promise<InvokeResult> = invoke(toy);
    await (await adopt(toy, await writeCode('first'))).done;
    expect(await starting).toEqual(answer('first'));

    await (await adopt(toy, await writeCode('second'))).done;
    expect(await invoke(toy)).toEqual(answer('second'));
  });

  it('replaces code that fails to load', async () => {
    const toy = await toys.start('throw new Error("broken")');
    expect(await invoke(toy)).toMatchObject({ kind: 'function-error' });
    await (await adopt(toy, await writeCode('mended'))).done;
    expect(await invoke(toy)).toEqual(answer('mended'));
  });

  it('takes its first invocation in the environment that has tried it', async () => {
    const toy = await toys.start(codeOf('old'));
    const code = 'console.log("loading"); exports.handler = async () => process.pid;';
    await adopt(toy, await writeCode('new', code));
    await Promise.all([invoke(toy), toy.stop({ graceMs: 1_000 })]);
    expect(toys.lines.map(({ text }) => text)).toEqual(['loading']);
  });

  it('tells what runs to end where it is asked to', async () => {
    const obedient = `
      const { writeFileSync } = require('node:fs');
      const told = new Promise((resolve) => process.once('SIGTERM', resolve));
      exports.handler = async ({ started }) => { writeFileSync(started, ''); await told; return 'ended early'; };
      setInterval(() => {}, 1000);
    `;
    const toy = await toys.start(obedient);
    const started = join(directory, 'started');
    const result = invoke(toy, { started });
    await expect.poll(() => existsSync(started), { timeout: 10_000 }).toBe(true);

    await (await adopt(toy, await writeCode('new'), true)).done;
    expect(await result).toEqual(answer('ended early'));
    expect(await invoke(toy)).toEqual(answer('new'));
  });
});

describe('a trial of code', () => {
  const tryIn = async (toy: LocalFunction, code: string, signal = new AbortController().signal) =>
    toy.tryCode(await writeCode('tried', code), signal);

  it('fails with the error and its trace, and what runs goes on', async () => {
    const toy = await toys.start(codeOf('old'));
    const trial = await tryIn(toy, 'console.error("before");\nthrow new TypeError("broken");');
    expect(trial).toMatchObject({ kind: 'refused', errorType: 'TypeError', errorMessage: 'broken' });
    expect(trial).toHaveProperty('trace', expect.arrayContaining([expect.stringMatching(/tried\/index\.js:2:7/)]));
    expect(toys.lines.map(({ text }) => text)).toEqual(['before']);
    expect(await invoke(toy)).toEqual(answer('old'));
  });

  it('fails without a trace when the process ends while it loads', async () => {
    const toy = await toys.start(codeOf('old'));
    expect(await tryIn(toy, 'process.exit(3)')).toMatchObject({
      kind: 'refused',
      errorType: 'Runtime.ExitError',
      errorMessage: 'Runtime exited with error: exit status 3',
      trace: [],
    });
  });

  it('that is given up ends at once, however long it would load', async () => {
    const toy = await toys.start(codeOf('old'));
    const givenUp = new AbortController();
    const trial = tryIn(toy, 'console.log("loading"); for (;;);', givenUp.signal);
    givenUp.abort();
    expect(await trial).toEqual({ kind: 'stopped' });
    expect(await invoke(toy)).toEqual(answer('old'));
  });

  it('changes nothing until it is adopted', async () => {
    const toy = await toys.start(codeOf('old'));
    const trial = await tryIn(toy, codeOf('new'));
    expect(await invoke(toy)).toEqual(answer('old'));
    if (trial.kind === 'loaded') await trial.discard();
    expect(await invoke(toy)).toEqual(answer('old'));
  });
});
