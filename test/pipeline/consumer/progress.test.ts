import { describe, expect, it } from 'vitest';
import type { JobContext } from '../../../lib/core/index.ts';
import { createFaults, withStore } from '../faults.ts';
import { type Fixture, jobOf, setup } from '../sample-jobs.ts';

interface Watched {
  readonly stack: Fixture;
  readonly id: string;
  readonly delivering: ReturnType<Fixture['deliver']>;
  readonly writes: () => number;
}

async function run(
  handler: (context: JobContext, sleep: (delayMs: number) => Promise<void>) => unknown,
  fault: 'unavailable' | 'throw' | undefined = undefined,
): Promise<Watched> {
  const stack = setup(({ sleep }) => [jobOf('job', (_, context) => handler(context, sleep))]);
  const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
  const { wrap, calls } = createFaults(({ method }) => {
    const isRunning = stack.store.getRaw(id)?.['status'] === 'running';
    return method === 'write' && isRunning && stack.clock.now() < until ? fault : undefined;
  });
  const until = stack.clock.now() + 5_000;
  const delivering = stack.deliver({ wrap });
  return { stack, id, delivering, writes: () => calls.filter(({ method }) => method === 'write').length };
}

describe('progress', () => {
  it('is written once a second at most, and its latest value is kept with the result', async () => {
    const { stack, id, delivering, writes } = await run(async ({ progress }, sleep) => {
      for (let done = 1; done <= 25; done += 1) {
        await progress({ done });
        await sleep(100);
      }
    });
    await stack.clock.advance(50);
    expect(await stack.get(id)).toMatchObject({ status: 'running', progress: '{"done":1}' });
    await stack.clock.advance(1_000);
    expect(await stack.get(id)).toMatchObject({ progress: '{"done":11}' });
    await stack.clock.run(delivering);
    expect(await stack.get(id)).toMatchObject({ status: 'completed', progress: '{"done":25}' });
    expect(writes()).toBe(4);
  });

  it.each([
    ['is no JSON', 1n],
    ['is too much', 'x'.repeat(10_001)],
  ])('that %s is an error of the handler', async (_, value) => {
    const { stack, id, delivering } = await run(({ progress }) => progress(value));
    await stack.clock.run(delivering);
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', error: { name: 'TypeError' } });
  });

  it.each(['unavailable', 'throw'] as const)('that cannot be kept does not disturb the handler: %s', async (fault) => {
    const { stack, id, delivering } = await run(async ({ progress, signal }, sleep) => {
      await progress(1);
      await sleep(6_000);
      return signal.aborted;
    }, fault);
    await stack.clock.run(delivering);
    expect(await stack.get(id)).toMatchObject({ status: 'completed', result: 'false', progress: '1' });
    expect(stack.lines.map(({ message }) => message)).toContain('Progress could not be kept');
  });

  it('that is refused tells the handler that it works in vain', async () => {
    const { stack, id, delivering } = await run(async ({ progress, signal }, sleep) => {
      await sleep(1_000);
      await progress(1);
      signal.throwIfAborted();
    });
    await stack.clock.advance(500);
    stack.store.putRaw({ ...stack.store.getRaw(id), token: 'another' });
    expect(await stack.clock.run(delivering)).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.store.getRaw(id)).toMatchObject({ status: 'running', token: 'another' });
    expect(stack.recorder.notices.map(({ fields }) => fields['write'])).toEqual(['progress', 'fail']);
  });

  it('that is reported after the end is ignored, whatever it is', async () => {
    let late: JobContext['progress'] | undefined;
    const { stack, id, delivering } = await run(({ progress }) => {
      late = progress;
    });
    await stack.clock.run(delivering);
    const before = stack.store.getRaw(id);
    await late?.(1);
    await late?.(1n);
    expect(stack.store.getRaw(id)).toEqual(before);
    expect(stack.recorder.countOf('FencedWrites')).toBe(0);
  });

  it('that is still being written when the handler ends is no sign of a lost job', async () => {
    const stack = setup(() => [
      jobOf('job', (_, { progress }) => {
        progress(1).catch(() => {});
        return 'done';
      }),
    ]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    const delivering = stack.deliver({
      wrap: (ports) =>
        withStore((store) => ({
          write: async (changes) => {
            await ports.clock.sleep(changes[0]?.event === 'progress' ? 500 : 0);
            return await store.write(changes);
          },
        }))(ports),
    });
    await stack.clock.run(delivering);
    await stack.clock.advance(1_000);
    expect(await stack.get(id)).toMatchObject({ status: 'completed', progress: '1' });
    expect(stack.recorder.countOf('FencedWrites')).toBe(0);
  });
});

describe('the context of a handler', () => {
  it('names the job, its run and an idempotency key that is the same in every run', async () => {
    const contexts: JobContext[] = [];
    const { stack, id, delivering } = await run((context) => {
      contexts.push(context);
      context.logger.info('at work', { step: 1 });
      if (context.attempt === 1) {
        throw new Error('once');
      }
    });
    await stack.clock.run(delivering);
    await stack.runToEnd();
    expect(contexts.map(({ jobId, attempt, idempotencyKey }) => [jobId, attempt, idempotencyKey])).toEqual([
      [id, 1, id],
      [id, 2, id],
    ]);
    expect(stack.lines).toContainEqual({
      level: 'info',
      message: 'at work',
      fields: { jobId: id, jobType: 'job', attempt: 2, step: 1 },
    });
  });
});
