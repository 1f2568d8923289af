import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InvokeResult } from '../../../lib/local/lambda/invocation.ts';
import type { LocalFunction } from '../../../lib/local/lambda/local-function.ts';
import { HOLDING_HANDLER, ToyFunctions } from './toy-function.ts';

const toys = new ToyFunctions();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pool-'));
});
afterEach(async () => {
  await toys.cleanUp();
  await rm(directory, { recursive: true, force: true });
});
afterAll(() => toys.end());

const pidOf = (result: InvokeResult): number => {
  if (result.kind !== 'success') throw new Error(`expected success, got ${JSON.stringify(result)}`);
  return Number(result.payload);
};

const invoke = (toy: LocalFunction, event: object = {}) => toy.invoke({ payload: JSON.stringify(event) });

/** An invocation that runs until `release` is called; resolves when it has started. */
const holdOne = async (toy: LocalFunction, name: string) => {
  const [started, hold] = [join(directory, `${name}-started`), join(directory, name)];
  const result = invoke(toy, { started, hold });
  await expect.poll(() => existsSync(started), { timeout: 10_000 }).toBe(true);
  return { result, release: () => writeFile(hold, '') };
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the pool', () => {
  it('uses an environment again', async () => {
    const toy = await toys.start(HOLDING_HANDLER);
    const pids = [];
    for (let count = 0; count < 5; count += 1) pids.push(pidOf(await invoke(toy)));
    expect(new Set(pids).size).toBe(1);
  });

  it('starts another one when all are busy, each with one invocation at a time', async () => {
    const toy = await toys.start(HOLDING_HANDLER);
    const first = await holdOne(toy, 'first');
    const other = pidOf(await invoke(toy));
    await first.release();
    expect(pidOf(await first.result)).not.toBe(other);
  });

  it('throttles above reserved concurrency, and no more once one is free', async () => {
    const toy = await toys.start(HOLDING_HANDLER, { reservedConcurrentExecutions: 1 });
    const first = await holdOne(toy, 'first');
    expect(await invoke(toy)).toEqual({ kind: 'throttled' });
    await first.release();
    const pid = pidOf(await first.result);
    expect(pidOf(await invoke(toy))).toBe(pid);
  });

  it('lets invocations wait where nothing is reserved and the machine has no more environments', async () => {
    const toy = await toys.start(HOLDING_HANDLER, { maxUnreservedEnvironments: 1 });
    const first = await holdOne(toy, 'first');
    const second = invoke(toy);
    await first.release();
    expect(pidOf(await second)).toBe(pidOf(await first.result));
  });

  it('ends an environment that nobody uses', async () => {
    const toy = await toys.start(HOLDING_HANDLER, { idleTimeoutMs: 50 });
    const pid = pidOf(await invoke(toy));
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(pidOf(await invoke(toy))).not.toBe(pid);
  });

  it('refuses an event above 6 MB', async () => {
    const toy = await toys.start(HOLDING_HANDLER);
    expect(await toy.invoke({ payload: JSON.stringify('x'.repeat(6_291_556)) })).toEqual({ kind: 'too-large' });
  });
});

describe('stop', () => {
  it('lets what runs end, takes nothing new and leaves no process', async () => {
    const toy = await toys.start(HOLDING_HANDLER);
    const idle = pidOf(await invoke(toy));
    const [first, second] = [await holdOne(toy, 'first'), await holdOne(toy, 'second')];
    const stopped = toy.stop({ graceMs: 20_000 });
    expect(await invoke(toy)).toEqual({ kind: 'stopped' });
    await Promise.all([first.release(), second.release()]);
    const pids = [pidOf(await first.result), pidOf(await second.result)];
    await stopped;
    expect([idle, ...pids].filter(isAlive)).toEqual([]);
  });

  it('tells the code inside by SIGTERM', async () => {
    const toy = await toys.start(`
      const { writeFileSync } = require('node:fs');
      exports.handler = (event) => new Promise((resolve) => {
        const timer = setInterval(() => {}, 1000);
        process.once('SIGTERM', () => { clearInterval(timer); resolve('told'); });
        writeFileSync(event.started, '');
      });
    `);
    const { result } = await holdOne(toy, 'first');
    await toy.stop({ graceMs: 20_000 });
    expect(await result).toMatchObject({ kind: 'success', payload: '"told"' });
  });

  it('kills what does not end in time, also when it is told so later', async () => {
    const toy = await toys.start(HOLDING_HANDLER);
    const { result } = await holdOne(toy, 'first');
    const patient = toy.stop({ graceMs: 60_000 });
    await toy.stop({ graceMs: 0 });
    await patient;
    expect(await result).toMatchObject({ kind: 'function-error', errorType: 'Runtime.ExitError' });
  });

  it('answers what still waits, and ends what is starting', async () => {
    const toy = await toys.start('for (;;);');
    const result = invoke(toy);
    await toy.stop({ graceMs: 60_000 });
    expect(await result).toEqual({ kind: 'stopped' });
  });
});
