import { describe, expect, it } from 'vitest';
import { decide, storedFrom } from '../../../lib/core/index.ts';
import { createFaults } from '../faults.ts';
import { type Fixture, jobOf, messageOf, setup } from '../sample-jobs.ts';

/** What a caller's cancel does, as far as the table is concerned. */
async function cancel(stack: Fixture, id: string): Promise<void> {
  const context = { now: stack.clock.now(), policy: stack.policy };
  const decision = decide(storedFrom(await stack.get(id)), { name: 'cancel' }, context);
  const [result] = await stack.store.write(decision.kind === 'change' ? [decision.change] : []);
  expect(result).toEqual({ kind: 'accepted' });
  if (decision.kind === 'change') {
    stack.recorder.accepted(decision.change);
  }
}

/** A job that is canceled while it runs and then ends in the given way. */
async function cancelWhileRunning(
  end: (signal: AbortSignal) => unknown,
  options: { readonly stop?: AbortSignal } = {},
) {
  const stack = setup(({ sleep }) => [
    jobOf('job', async (_, { signal }) => {
      await sleep(5_000, signal);
      return end(signal);
    }),
  ]);
  const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
  const delivering = stack.deliver(options);
  await stack.clock.advance(1_000);
  await cancel(stack, id);
  expect(await stack.get(id)).toMatchObject({ status: 'running', cancelRequested: true });
  return { stack, id, delivering };
}

const fail = (): never => {
  throw new Error('no');
};

describe('a cancel request', () => {
  it('on a running job gives way to a handler that completes first', async () => {
    const { stack, id, delivering } = await cancelWhileRunning(() => 'done');
    await stack.clock.run(delivering);
    const job = await stack.get(id);
    expect(job).toMatchObject({ status: 'completed', result: '"done"' });
    expect(job).not.toHaveProperty('cancelRequested');
  });

  it('on a running job wins over its retry', async () => {
    const { stack, id, delivering } = await cancelWhileRunning(fail);
    expect(await stack.clock.run(delivering)).toEqual({ failedMessageIds: [], mustExit: false });
    expect(await stack.get(id)).toMatchObject({ status: 'canceled', attempt: 1 });
    expect(stack.queue.size()).toBe(0);
  });

  it('on a running job wins over its final failure, with no copy for the dead-letter queue', async () => {
    const { stack, id, delivering } = await cancelWhileRunning(() => 1n);
    await stack.clock.run(delivering);
    expect(await stack.get(id)).toMatchObject({ status: 'canceled' });
    expect(stack.queue.listDead()).toEqual([]);
  });

  it('on a running job wins over its interruption', async () => {
    const stop = new AbortController();
    const { stack, id, delivering } = await cancelWhileRunning((signal) => signal.throwIfAborted(), {
      stop: stop.signal,
    });
    stop.abort();
    await stack.clock.run(delivering);
    expect(await stack.get(id)).toMatchObject({ status: 'canceled' });
  });

  it('on a running job wins over its crash', async () => {
    const crash = createFaults(() => undefined);
    const stack = setup(() => [
      jobOf('job', () => {
        crash.kill();
        return new Promise(() => {});
      }),
    ]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    await stack.clock.run(Promise.race([stack.deliver({ wrap: crash.wrap }), crash.died]));
    await cancel(stack, id);
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'canceled', crashes: 0, attempt: 1 });
    expect(stack.recorder.totals()).toMatchObject({ submitted: 1, canceled: 1, failed: 0 });
  });

  it('that comes between a failure and its record is seen: the refused write becomes a cancel', async () => {
    const stack = setup(() => [jobOf('job', fail)]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    let isFirst = true;
    await stack.clock.run(
      stack.deliver({
        wrap: (ports) => ({
          ...ports,
          store: {
            create: (jobs) => ports.store.create(jobs),
            read: (ids) => ports.store.read(ids),
            claim: (claims) => ports.store.claim(claims),
            findDue: (page) => ports.store.findDue(page),
            write: async (changes) => {
              if (isFirst) {
                isFirst = false;
                await cancel(stack, id);
              }
              return await ports.store.write(changes);
            },
          },
        }),
      }),
    );
    expect(await stack.get(id)).toMatchObject({ status: 'canceled' });
    expect(stack.recorder.countOf('FencedWrites')).toBe(0);
    expect(stack.recorder.totals()).toMatchObject({ canceled: 1, failed: 0 });
  });

  it('before its job has started leaves the message nothing to do', async () => {
    const stack = setup(({ seen }) => [
      jobOf('job', () => {
        seen.push('run');
      }),
    ]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    await cancel(stack, id);
    expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.seen).toEqual([]);
    expect(await stack.get(id)).toMatchObject({ status: 'canceled', attempt: 0 });
  });

  it('that somebody put on a waiting job keeps it from being claimed until the producer cancels it', async () => {
    const stack = setup();
    const { id } = await stack.submit(jobOf('echo', () => null).definition, 1);
    stack.store.putRaw({ ...stack.store.getRaw(id), cancelRequested: true });
    stack.queue.sendRaw(messageOf(id));
    await stack.deliver();
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', attempt: 0 });
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'canceled', attempt: 0 });
  });
});
