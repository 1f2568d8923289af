import { describe, expect, it } from 'vitest';
import { PermanentError, RetryLater, type StandardSchema } from '../../../lib/core/index.ts';
import { anything, type Fixture, jobOf, messageOf, rawPut, setup, thrower } from '../sample-jobs.ts';

const MINUTE_MS = 60_000;

const refusing: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'is wrong', path: ['a', 0] }] }) },
};

async function submitAndDeliver(stack: Fixture, type: string): Promise<string> {
  const { id } = await stack.submit(jobOf(type, () => null).definition, {});
  await stack.clock.run(stack.deliver());
  return id;
}

describe('a handler that throws', () => {
  it('has its error recorded and its job tried again after a jittered, doubled delay, by the queue', async () => {
    const stack = setup(() => [jobOf('thrower', thrower.run, { retry: { maxAttempts: 6 } })]);
    const { id } = await stack.submit(thrower.definition, 1, { maxAttempts: 6 });
    for (let failures = 1; failures <= 5; failures += 1) {
      await stack.clock.run(stack.deliver());
      const job = await stack.get(id);
      expect(job).toMatchObject({
        status: 'dispatched',
        failures,
        attempt: failures,
        error: { name: 'Error', message: 'It does not work.', attempt: failures },
      });
      const delayMs = job.dueAt - stack.clock.now();
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThan(1_000 * 2 ** (failures - 1));
      expect(stack.queue.size()).toBe(1);
      await stack.clock.advance(Math.ceil(delayMs / 1_000) * 1_000);
    }
  });

  it('spreads the retries of jobs that failed together', async () => {
    const stack = setup(() => [thrower]);
    const ids = await Promise.all(
      Array.from({ length: 10 }, async () => (await stack.submit(thrower.definition, 1)).id),
    );
    await stack.clock.run(stack.deliver());
    const delays = await Promise.all(ids.map(async (id) => (await stack.get(id)).dueAt));
    expect(new Set(delays).size).toBe(10);
  });

  it('never holds its message in flight while the job waits for its retry', async () => {
    const stack = setup(() => [thrower]);
    await submitAndDeliver(stack, 'thrower');
    await stack.clock.advance(0);
    const [message] = stack.queue.receive(10);
    expect(message?.receiveCount ?? 1).toBe(1);
    expect(stack.queue.size()).toBe(1);
  });

  it('fails after its attempts are used up, with one copy for the dead-letter queue that says why', async () => {
    const stack = setup(() => [thrower]);
    const { id } = await stack.submit(thrower.definition, 1);
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({
      status: 'failed',
      attempt: 5,
      failures: 5,
      crashes: 0,
      error: { name: 'Error', message: 'It does not work.', attempt: 5 },
    });
    expect(stack.queue.listDead()).toEqual([
      {
        body: messageOf(id, { dead: 5 }),
        attributes: { type: 'thrower', reason: 'Error', detail: 'It does not work.' },
      },
    ]);
    expect(stack.queue.size()).toBe(0);
  });

  it('fails at once when trying again cannot help', async () => {
    const stack = setup(() => [
      jobOf('doomed', () => {
        throw new PermanentError('Never.');
      }),
    ]);
    const id = await submitAndDeliver(stack, 'doomed');
    expect(await stack.get(id)).toMatchObject({ status: 'failed', failures: 1, error: { name: 'PermanentError' } });
  });

  it('chooses its delay: within 15 minutes by the queue', async () => {
    const stack = setup(() => [
      jobOf('patient', () => {
        throw new RetryLater('Not now.', { delaySeconds: 900 });
      }),
    ]);
    const id = await submitAndDeliver(stack, 'patient');
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', dueAt: stack.clock.now() + 15 * MINUTE_MS });
    expect(stack.queue.size()).toBe(1);
  });

  it('chooses its delay: beyond 15 minutes in the table', async () => {
    const stack = setup(() => [
      jobOf('patient', (_, { attempt }) => {
        if (attempt === 1) {
          throw new RetryLater('Not now.', { delaySeconds: 7_200 });
        }
      }),
    ]);
    const submittedAt = stack.clock.now();
    const id = await submitAndDeliver(stack, 'patient');
    const dueAt = stack.clock.now() + 120 * MINUTE_MS;
    expect(await stack.get(id)).toMatchObject({ status: 'queued', dueAt, nextAt: dueAt, failures: 1 });
    expect(stack.queue.size()).toBe(0);
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 2, startedAt: submittedAt + 7_200_000 });
  });

  it.each([Number.NaN, -1, '60', undefined, null])(
    'falls back to its backoff when it chose %s seconds',
    async (value) => {
      const stack = setup(() => [
        jobOf('odd', () => {
          throw Object.assign(new Error('Later.'), { code: 'retry-later', delaySeconds: value });
        }),
      ]);
      const id = await submitAndDeliver(stack, 'odd');
      const { dueAt } = await stack.get(id);
      expect(dueAt - stack.clock.now()).toBeLessThan(1_000);
    },
  );

  it('waits a year at most, however long it chose', async () => {
    const stack = setup(() => [
      jobOf('endless', () => {
        throw new RetryLater('Later.', { delaySeconds: Number.POSITIVE_INFINITY });
      }),
    ]);
    const id = await submitAndDeliver(stack, 'endless');
    expect((await stack.get(id)).dueAt).toBe(stack.clock.now() + 366 * 24 * 60 * MINUTE_MS);
  });
});

describe('a result', () => {
  it.each<[string, () => unknown, string]>([
    ['a value', () => ({ a: [1, null, 'ä\ud800'] }), '{"a":[1,null,"ä\\ud800"]}'],
    ['nothing', () => undefined, 'null'],
    ['null', () => null, 'null'],
    ['a promise', () => Promise.resolve(7), '7'],
    // biome-ignore lint/suspicious/noThenProperty: a handler may return any thenable
    ['a thenable', () => ({ then: (done: (value: number) => void) => done(8) }), '8'],
    ['a value with toJSON', () => new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('is kept as JSON: %s', async (_, run, result) => {
    const stack = setup(() => [jobOf('job', run)]);
    const id = await submitAndDeliver(stack, 'job');
    expect(await stack.get(id)).toMatchObject({ status: 'completed', result });
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  it.each<[string, unknown]>([
    ['a BigInt', { n: 1n }],
    ['a circle', circular],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['too large', 'x'.repeat(200_000)],
    ['a toJSON that gives nothing', { toJSON: () => undefined }],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'a toJSON that throws what has no text',
      {
        toJSON: () => {
          throw Object.create(null);
        },
      },
    ],
  ])('that cannot be stored fails its job at once: %s', async (_, value) => {
    const stack = setup(() => [jobOf('job', () => value)]);
    const id = await submitAndDeliver(stack, 'job');
    expect(await stack.get(id)).toMatchObject({ status: 'failed', failures: 1, error: { name: 'result-unstorable' } });
    expect(stack.queue.listDead()).toHaveLength(1);
  });

  it('that does not fit into the item beside its input fails its job at once', async () => {
    const stack = setup(() => [jobOf('job', () => 'r'.repeat(700))], { maxItemBytes: 1_500 });
    const { id } = await stack.submit(jobOf('job', () => null).definition, 'i'.repeat(700));
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt: 1, error: { name: 'result-unstorable' } });
  });

  it('of a job too large for any outcome ends as a rejected job, when its lease is over', async () => {
    const stack = setup(() => [jobOf('job', () => 'done')], { maxItemBytes: 1_000 });
    let input = 'x'.repeat(700);
    for (;;) {
      stack.store.putRaw(rawPut({ id: 'a', type: 'job', nextAt: stack.clock.now(), input: JSON.stringify(input) }));
      await stack.sweep();
      await stack.clock.run(stack.deliver());
      if (stack.store.getRaw('a')?.['status'] === 'running') {
        break;
      }
      input = input.slice(10);
    }
    await stack.runToEnd();
    expect(await stack.get('a')).toMatchObject({ status: 'failed', attempt: 1, error: { name: 'malformed' } });
  });

  it('that does not fit its schema is an error like any other', async () => {
    const stack = setup(() => [jobOf('job', () => 1, { output: refusing })]);
    const id = await submitAndDeliver(stack, 'job');
    expect(await stack.get(id)).toMatchObject({
      status: 'dispatched',
      failures: 1,
      error: { name: 'invalid-result', message: 'The result does not fit the job type: /a/0: is wrong' },
    });
  });
});

describe('an input', () => {
  it('that does not fit the job type fails its job at once, naming what is wrong', async () => {
    const stack = setup(() => [jobOf('job', () => 1, { input: refusing })]);
    stack.store.putRaw(rawPut({ id: 'a', type: 'job', nextAt: stack.clock.now() }));
    await stack.runToEnd();
    expect(await stack.get('a')).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { name: 'invalid-input', message: 'The input does not fit the job type: /a/0: is wrong' },
    });
  });

  it.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    [
      'throws what has no text',
      () => {
        throw Object.create(null);
      },
    ],
  ])('whose schema %s fails its job at once', async (_, validate) => {
    const schema: StandardSchema<unknown> = { '~standard': { version: 1, vendor: 'test', validate } };
    const stack = setup(() => [jobOf('job', () => 1, { input: schema })]);
    const id = await submitAndDeliver(stack, 'job').catch(() => undefined);
    stack.store.putRaw(rawPut({ id: 'a', type: 'job', nextAt: stack.clock.now() }));
    await stack.runToEnd();
    expect(id).toBeDefined();
    expect(await stack.get('a')).toMatchObject({ status: 'failed', error: { name: 'invalid-input' } });
  });

  it('reaches the handler as its schema returned it', async () => {
    const doubling: StandardSchema<unknown, unknown> = {
      '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: [value, value] }) },
    };
    const stack = setup(() => [jobOf('job', (input) => input, { input: doubling })]);
    const id = await submitAndDeliver(stack, 'job');
    expect(await stack.get(id)).toMatchObject({ result: '[{},{}]' });
  });
});

describe('an unknown job type', () => {
  it('goes back to queued with a growing backoff, uncharged and loudly, until a deploy knows it', async () => {
    const stack = setup(() => []);
    const id = await submitAndDeliver(stack, 'new');
    expect(await stack.get(id)).toMatchObject({ status: 'queued', failures: 0, crashes: 0, attempt: 1 });
    const { dueAt } = await stack.get(id);
    expect(dueAt - stack.clock.now()).toBeGreaterThanOrEqual(5_000);
    expect(dueAt - stack.clock.now()).toBeLessThan(10_000);
    expect(stack.recorder.countOf('UnknownTypes')).toBe(1);
    expect(stack.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('is no hotter when a raw put says that it is unknown since a time to come', async () => {
    const stack = setup(() => []);
    const nextAt = stack.clock.now();
    stack.store.putRaw(rawPut({ id: 'a', type: 'new', nextAt, unknownTypeSince: nextAt + 1_000 * MINUTE_MS }));
    await stack.sweep();
    await stack.clock.run(stack.deliver());
    const { dueAt } = await stack.get('a');
    expect(dueAt - stack.clock.now()).toBeGreaterThanOrEqual(5_000);
  });

  it('fails with that reason after an hour', async () => {
    const stack = setup(() => []);
    const { id, createdAt } = await stack.submit(jobOf('new', () => null).definition, 1);
    await stack.runToEnd();
    const job = await stack.get(id);
    expect(job).toMatchObject({ status: 'failed', failures: 0, error: { name: 'unknown-type' } });
    const lastedMs = (job.status === 'failed' ? job.finishedAt : 0) - createdAt;
    expect(lastedMs).toBeGreaterThanOrEqual(60 * MINUTE_MS);
    expect(lastedMs).toBeLessThan(67 * MINUTE_MS);
    expect(stack.recorder.countOf('UnknownTypes')).toBeLessThan(60);
    expect(stack.queue.listDead()).toHaveLength(1);
  });
});

it('budgets in the table bound every loop, whatever the queue counts', async () => {
  const stack = setup(() => [thrower, jobOf('unknown-here', () => null, { input: anything })]);
  const { id } = await stack.submit(thrower.definition, 1, { maxAttempts: 3 });
  await stack.runToEnd();
  const job = await stack.get(id);
  expect(job).toMatchObject({ attempt: 3, failures: 3 });
  expect(job.history.map(({ status }) => status)).toEqual([
    'dispatched',
    'running',
    'dispatched',
    'running',
    'dispatched',
    'running',
    'failed',
  ]);
});
