import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { PermanentError, RetryLater, type StandardSchema } from '../../../lib/core/index.ts';
import { createFaults } from '../faults.ts';
import { deaf, echo, type Fixture, jobOf, messageOf, setup } from '../sample-jobs.ts';

/** A job type that writes down when it starts and ends, and heeds its signal. */
function setUpSlow(timeoutSeconds: number, takesMs: number, options: Parameters<typeof setup>[1] = {}) {
  let start = 0;
  const stack = setup(({ seen, sleep, now }) => {
    start = now();
    return [
      jobOf(
        'slow',
        async (input, { signal }) => {
          seen.push(`${input} starts at ${now() - start}`);
          await sleep(takesMs, signal);
          signal.throwIfAborted();
          seen.push(`${input} ends at ${now() - start}`);
        },
        { timeoutSeconds },
      ),
      deaf,
      echo,
    ];
  }, options);
  const definition = jobOf('slow', () => null, { timeoutSeconds }).definition;
  const submit = async (...inputs: readonly string[]): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (const input of inputs) {
      ids.push((await stack.submit(definition, input)).id);
    }
    return ids;
  };
  return { stack, submit };
}

/** What waits in the queue now, as sent. */
function bodiesIn(stack: Fixture): readonly string[] {
  return stack.queue.receive(100).map(({ body }) => body);
}

describe('an invocation stops before its deadline', () => {
  it('by ending a handler when its own timeout is over', async () => {
    const { stack, submit } = setUpSlow(10, 60_000);
    const [id = ''] = await submit('a');
    const startedAt = stack.clock.now();
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.clock.now() - startedAt).toBe(10_000);
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', failures: 1, error: { name: 'timed-out' } });
  });

  it('by ending a handler 3 s before the invocation is ended, where that comes first', async () => {
    const { stack, submit } = setUpSlow(890, 600_000);
    const [id = ''] = await submit('a');
    const startedAt = stack.clock.now();
    await stack.clock.run(stack.deliver());
    expect(stack.clock.now() - startedAt).toBe(57_000);
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', failures: 1, error: { name: 'timed-out' } });
  });

  it('and the lease ends with it in that case, so that a crash does not go unnoticed for the rest of the timeout', async () => {
    const { stack, submit } = setUpSlow(890, 600_000);
    const [id = ''] = await submit('a');
    const startedAt = stack.clock.now();
    const delivering = stack.deliver();
    await stack.clock.advance(1_000);
    expect(await stack.get(id)).toMatchObject({ status: 'running', leaseUntil: startedAt + 60_000 + 5_000 });
    await stack.clock.run(delivering);
  });

  it('by handing back, uncharged, what does not fit: a fresh message, then the old one is acknowledged', async () => {
    const { stack, submit } = setUpSlow(30, 25_000, { batchConcurrency: 1 });
    const [, , c = '', d = ''] = await submit('a', 'b', 'c', 'd');
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.seen).toEqual(['a starts at 0', 'a ends at 25000', 'b starts at 25000', 'b ends at 50000']);
    expect(bodiesIn(stack)).toEqual([messageOf(c, { back: 1 }), messageOf(d, { back: 1 })]);
    expect(await stack.get(c)).toMatchObject({ status: 'dispatched', attempt: 0, failures: 0 });
    expect(stack.recorder.countOf('HandedBack')).toBe(2);
  });

  it('and starts later jobs only if their full timeout fits', async () => {
    const { stack, submit } = setUpSlow(30, 27_000, { batchConcurrency: 1 });
    await submit('a', 'b');
    await stack.clock.run(stack.deliver());
    expect(stack.seen).toEqual(['a starts at 0', 'a ends at 27000', 'b starts at 27000', 'b ends at 54000']);

    const late = setUpSlow(30, 27_001, { batchConcurrency: 1 });
    await late.submit('a', 'b');
    await late.stack.clock.run(late.stack.deliver());
    expect(late.stack.seen).toEqual(['a starts at 0', 'a ends at 27001']);
  });

  it('keeps a message that it could not hand back', async () => {
    const { stack, submit } = setUpSlow(30, 40_000, { batchConcurrency: 1 });
    await submit('a', 'b');
    const { wrap } = createFaults(({ method, index }) => (method === 'send' && index > 0 ? 'unavailable' : undefined));
    const { failedMessageIds } = await stack.clock.run(stack.deliver({ wrap }));
    expect(failedMessageIds).toContain('message-2');
  });
});

describe("an invocation's first job always starts", () => {
  it('however little time is left', async () => {
    const { stack, submit } = setUpSlow(30, 1_000);
    const [id = ''] = await submit('a');
    await stack.clock.run(stack.deliver({ timeoutMs: 6_000 }));
    expect(await stack.get(id)).toMatchObject({ status: 'completed' });
  });

  it('also when its timeout fits into no invocation: the others are handed back, and each gets its turn', async () => {
    const { stack, submit } = setUpSlow(300, 30_000);
    await submit('a', 'b', 'c');
    await stack.clock.run(stack.deliver());
    expect(stack.seen).toEqual(['a starts at 0', 'a ends at 30000']);
    await stack.runToEnd();
    expect(stack.recorder.totals()).toMatchObject({ completed: 3 });
    expect(stack.recorder.claims).toHaveLength(3);
  });

  it('also behind messages that come to nothing', async () => {
    const { stack, submit } = setUpSlow(300, 30_000);
    const { id } = await stack.submit(echo.definition, 1);
    await stack.clock.run(stack.deliver());
    stack.queue.sendRaw(messageOf(id));
    stack.queue.sendRaw('garbage');
    stack.queue.sendRaw(messageOf('nobody'));
    const [long = ''] = await submit('a');
    await stack.clock.run(stack.deliver());
    expect(await stack.get(long)).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('also where others of its batch fit and it does not', async () => {
    const { stack, submit } = setUpSlow(300, 30_000);
    const [long = ''] = await submit('a');
    for (let index = 0; index < 5; index += 1) {
      await stack.submit(echo.definition, index);
    }
    await stack.clock.run(stack.deliver());
    expect(await stack.get(long)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(stack.recorder.totals()).toMatchObject({ completed: 6 });
  });

  it('and of those handed back, the one handed back most often is first', async () => {
    const { stack, submit } = setUpSlow(300, 30_000);
    const [a = '', b = '', c = ''] = await submit('a', 'b', 'c');
    stack.queue.purge();
    stack.queue.sendRaw(messageOf(a));
    stack.queue.sendRaw(messageOf(b, { back: 1 }));
    stack.queue.sendRaw(messageOf(c, { back: 7 }));
    await stack.clock.run(stack.deliver());
    expect(stack.seen[0]).toBe('c starts at 0');
  });

  it('and those that were handed back for lack of time still run side by side', async () => {
    const { stack, submit } = setUpSlow(30, 10_000);
    const ids = await submit('a', 'b', 'c');
    stack.queue.purge();
    for (const id of ids) {
      stack.queue.sendRaw(messageOf(id, { back: 3 }));
    }
    await stack.clock.run(stack.deliver());
    expect(stack.seen.slice(0, 3)).toEqual(['a starts at 0', 'b starts at 0', 'c starts at 0']);
    expect(stack.recorder.claims.every(({ solo }) => !solo)).toBe(true);
  });
});

describe('a handler that ignores its signal past its timeout', () => {
  it('is recorded as timed out, the rest is settled, and the process must exit', async () => {
    const { stack, submit } = setUpSlow(30, 20_000);
    const { id } = await stack.submit(deaf.definition, 1);
    const [mate = ''] = await submit('a');
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: true });
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', failures: 1, error: { name: 'timed-out' } });
    expect(await stack.get(mate)).toMatchObject({ status: 'completed' });
    expect(stack.recorder.countOf('AbandonedHandlers')).toBe(1);
  });

  it('cannot live on beside its own retry: that is due when its process is gone at the latest', async () => {
    const { stack } = setUpSlow(30, 0);
    const { id } = await stack.submit(deaf.definition, 1);
    const deadline = stack.clock.now() + 60_000;
    await stack.clock.run(stack.deliver());
    expect((await stack.get(id)).dueAt).toBeGreaterThanOrEqual(deadline);
  });

  it('lets nothing else start: what waits is handed back', async () => {
    const { stack, submit } = setUpSlow(30, 0, { batchConcurrency: 1 });
    await stack.submit(deaf.definition, 1);
    const [b = ''] = await submit('b');
    expect(await stack.clock.run(stack.deliver({ timeoutMs: 300_000 }))).toEqual({
      failedMessageIds: [],
      mustExit: true,
    });
    expect(stack.seen).toEqual([]);
    expect(bodiesIn(stack)).toContainEqual(messageOf(b, { back: 1 }));
  });

  it('makes the process exit even when the table cannot be reached any more', async () => {
    const { stack } = setUpSlow(30, 0);
    await stack.submit(deaf.definition, 1);
    const { wrap } = createFaults(({ method }) => (method === 'write' ? 'unavailable' : undefined));
    expect(await stack.clock.run(stack.deliver({ wrap }))).toEqual({ failedMessageIds: ['message-1'], mustExit: true });
  });

  it('may be a schema that never answers', async () => {
    const silent: StandardSchema<unknown> = {
      '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => {}) },
    };
    const stack = setup(() => [jobOf('job', () => 1, { output: silent })]);
    const { id } = await stack.submit(jobOf('job', () => 1).definition, 1);
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: true });
    expect(await stack.get(id)).toMatchObject({ error: { name: 'timed-out' } });
  });
});

describe('a handler whose time is up', () => {
  it.each<[string, (signal: AbortSignal) => unknown, Record<string, unknown>]>([
    ['that still returns has completed', () => 'late', { status: 'completed', result: '"late"' }],
    [
      'that throws has timed out, whatever it throws',
      () => {
        throw new Error('aborted');
      },
      { status: 'dispatched', error: { name: 'timed-out' } },
    ],
    [
      'that decides to give up has given up',
      () => {
        throw new PermanentError('enough');
      },
      { status: 'failed', error: { name: 'PermanentError', message: 'enough' } },
    ],
    [
      'that chooses a delay gets it',
      () => {
        throw new RetryLater('slow', { delaySeconds: 3_600 });
      },
      { status: 'queued', error: { name: 'RetryLater' } },
    ],
  ])('%s', async (_, end, expected) => {
    const stack = setup(({ sleep, seen }) => [
      jobOf('job', async (_input, { signal, remainingMs }) => {
        seen.push(`${remainingMs()} left`);
        await sleep(100_000, signal);
        seen.push(`${remainingMs()} left, ${(signal.reason as DOMException).name}`);
        return end(signal);
      }),
    ]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.seen).toEqual(['30000 left', '0 left, TimeoutError']);
    expect(await stack.get(id)).toMatchObject({ ...expected, attempt: 1 });
  });
});

it('gives a handler whose time is up a second to come to its end', async () => {
  const stack = setup(({ sleep }) => [
    jobOf('job', async (_, { signal }) => {
      await sleep(100_000, signal);
      await sleep(999);
      return 'tidied up';
    }),
  ]);
  const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
  expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
  expect(await stack.get(id)).toMatchObject({ status: 'completed', result: '"tidied up"' });
});

it('leaves nothing waiting when an invocation has ended', async () => {
  const stack = setup(() => [echo]);
  const { signal } = new AbortController();
  await stack.submit(echo.definition, 1);
  await stack.clock.run(stack.deliver({ stop: signal }));
  expect(stack.clock.sleepers()).toBe(0);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('a process that must stop', () => {
  it('tells its handlers and gives their jobs back, uncharged, as it does with what has not started', async () => {
    const { stack, submit } = setUpSlow(30, 20_000, { batchConcurrency: 1 });
    const stop = new AbortController();
    const [a = '', b = ''] = await submit('a', 'b');
    const delivering = stack.deliver({ stop: stop.signal });
    await stack.clock.advance(5_000);
    stop.abort();
    expect(await stack.clock.run(delivering)).toEqual({ failedMessageIds: [], mustExit: false });
    expect(await stack.get(a)).toMatchObject({ status: 'queued', attempt: 1, failures: 0, crashes: 0 });
    expect(bodiesIn(stack)).toEqual([messageOf(b, { back: 1 })]);
    await stack.runToEnd();
    expect(stack.recorder.totals()).toMatchObject({ completed: 2 });
  });

  it('gives back what it has just claimed without starting it', async () => {
    const { stack, submit } = setUpSlow(30, 20_000);
    const stop = new AbortController();
    const [id = ''] = await submit('a');
    const { wrap } = createFaults(({ method }) => {
      if (method === 'claim') {
        stop.abort();
      }
      return undefined;
    });
    await stack.clock.run(stack.deliver({ stop: stop.signal, wrap }));
    expect(stack.seen).toEqual([]);
    expect(await stack.get(id)).toMatchObject({ status: 'queued', failures: 0 });
  });

  it('keeps what a handler still finishes in its grace', async () => {
    const stack = setup(({ sleep }) => [
      jobOf('job', async () => {
        await sleep(7_000);
        return 'finished';
      }),
    ]);
    const stop = new AbortController();
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    const delivering = stack.deliver({ stop: stop.signal });
    await stack.clock.settle();
    stop.abort();
    await stack.clock.run(delivering);
    expect(await stack.get(id)).toMatchObject({ status: 'completed', result: '"finished"' });
  });

  it('gives up on a handler that ignores it after 8 s, and exits', async () => {
    const { stack } = setUpSlow(30, 0);
    const stop = new AbortController();
    const { id } = await stack.submit(deaf.definition, 1);
    const delivering = stack.deliver({ stop: stop.signal });
    await stack.clock.advance(1_000);
    stop.abort();
    const stoppedAt = stack.clock.now();
    expect(await stack.clock.run(delivering)).toEqual({ failedMessageIds: [], mustExit: true });
    expect(stack.clock.now() - stoppedAt).toBe(8_000);
    expect(await stack.get(id)).toMatchObject({ status: 'queued', failures: 0 });
  });

  it('starts nothing of a batch that comes too late', async () => {
    const { stack, submit } = setUpSlow(30, 0);
    const [a = ''] = await submit('a');
    await stack.clock.run(stack.deliver({ stop: AbortSignal.abort() }));
    expect(bodiesIn(stack)).toEqual([messageOf(a, { back: 1 })]);
    expect(stack.recorder.claims).toEqual([]);
  });
});
