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
    const replaced = toy.replaceCode(await writeCode('new'));

    expect(await invoke(toy)).toEqual(answer('new'));
    await held.release();
    expect(await held.result).toEqual(answer('old'));
    await replaced;
    expect(await invoke(toy)).toEqual(answer('new'));
  });

  it('is what an invocation runs that has waited for an environment', async () => {
    const toy = await toys.start(codeOf('old'), { maxUnreservedEnvironments: 1 });
    const held = await holdOne(toy);
    const waiting = invoke(toy);
    const replaced = toy.replaceCode(await writeCode('new'));

    await held.release();
    expect(await waiting).toEqual(answer('new'));
    await replaced;
  });

  it('ends what is idle or starting', async () => {
    const toy = await toys.start('for (;;);');
    const starting: Promise<InvokeResult> = invoke(toy);
    await toy.replaceCode(await writeCode('first'));
    expect(await starting).toEqual(answer('first'));

    await toy.replaceCode(await writeCode('second'));
    expect(await invoke(toy)).toEqual(answer('second'));
  });

  it('replaces code that fails to load', async () => {
    const toy = await toys.start('throw new Error("broken")');
    expect(await invoke(toy)).toMatchObject({ kind: 'function-error' });
    await toy.replaceCode(await writeCode('mended'));
    expect(await invoke(toy)).toEqual(answer('mended'));
  });
});
