import { describe, expect, it } from 'vitest';
import { type Call, createFaults, type Fault } from '../faults.ts';
import { echo, type Fixture, jobOf, rawPut, setup, thrower } from '../sample-jobs.ts';

/** A fault of one call of a method, by its number from 1. */
function onCall(method: string, number: number, fault: Fault): (call: Call) => Fault {
  let count = 0;
  return (call) => {
    count += call.method === method ? 1 : 0;
    return call.method === method && count === number ? fault : undefined;
  };
}

async function deliverWith(stack: Fixture, plan: (call: Call) => Fault): Promise<readonly string[]> {
  const { wrap } = createFaults(plan);
  return (await stack.clock.run(stack.deliver({ wrap }))).failedMessageIds;
}

describe('an answer that is lost', () => {
  it('of a claim: the job is found to be ours by its token, and runs once', async () => {
    const stack = setup(({ seen }) => [
      jobOf('echo', () => {
        seen.push('run');
      }),
    ]);
    const { id } = await stack.submit(echo.definition, 1);
    expect(await deliverWith(stack, onCall('claim', 1, 'lose-answer'))).toEqual([]);
    expect(stack.seen).toEqual(['run']);
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(stack.recorder.claims).toHaveLength(1);
  });

  it('of a claim that cannot be looked at either: the job is not charged with more than the rules say', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    await stack.submit(echo.definition, 2);
    const plan = (call: Call): Fault =>
      call.id === id && call.method === 'claim' ? 'lose-answer' : call.method === 'read' ? 'unavailable' : undefined;
    expect(await deliverWith(stack, plan)).toEqual(['message-1']);
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 2, crashes: 0, failures: 0 });
  });

  it('of a completion: it is found in the table, counted once, and acknowledged', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    expect(await deliverWith(stack, onCall('write', 1, 'lose-answer'))).toEqual([]);
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(stack.recorder.totals()).toMatchObject({ completed: 1 });
    expect(stack.recorder.countOf('FencedWrites')).toBe(0);
  });

  it('of a completion: what is told of it is the line that the job has, not that of the second try', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    await deliverWith(stack, onCall('write', 1, 'lose-answer'));
    const told = stack.recorder.changes.find(({ event }) => event === 'complete');
    expect(told?.after.history.at(-1)).toEqual((await stack.get(id))?.history.at(-1));
  });

  it('of a failure: the retry is sent all the same, once', async () => {
    const stack = setup(() => [thrower]);
    const { id } = await stack.submit(thrower.definition, 1);
    expect(await deliverWith(stack, onCall('write', 1, 'lose-answer'))).toEqual([]);
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', failures: 1 });
    expect(stack.queue.size()).toBe(1);
  });

  it('of a final failure: the copy is sent all the same, and the failure counted once', async () => {
    const stack = setup(() => [thrower]);
    await stack.submit(thrower.definition, 1, { maxAttempts: 1 });
    expect(await deliverWith(stack, onCall('write', 1, 'lose-answer'))).toEqual([]);
    expect(stack.queue.listDead()).toHaveLength(1);
    expect(stack.recorder.totals()).toMatchObject({ failed: 1 });
  });

  it('of a retry message: the job runs once for it', async () => {
    const stack = setup(({ seen }) => [
      jobOf('flaky', (_, { attempt }) => {
        seen.push(`run ${attempt}`);
        if (attempt === 1) {
          throw new Error('once');
        }
      }),
    ]);
    const { id } = await stack.submit(jobOf('flaky', () => null).definition, 1);
    await deliverWith(stack, onCall('send', 1, 'lose-answer'));
    await stack.runToEnd();
    expect(stack.seen).toEqual(['run 1', 'run 2']);
    expect(await stack.get(id)).toMatchObject({ status: 'completed' });
  });

  it('of a retry message that was not sent: the producer brings the job back', async () => {
    const stack = setup(({ seen }) => [
      jobOf('flaky', (_, { attempt }) => {
        seen.push(`run ${attempt}`);
        if (attempt === 1) {
          throw new Error('once');
        }
      }),
    ]);
    await stack.submit(jobOf('flaky', () => null).definition, 1);
    await deliverWith(stack, onCall('send', 1, 'unavailable'));
    expect(stack.queue.size()).toBe(0);
    await stack.runToEnd();
    expect(stack.seen).toEqual(['run 1', 'run 2']);
  });

  it('of a hand-back: two messages, one run', async () => {
    const stack = setup(
      ({ seen, sleep }) => [
        jobOf('slow', async (input) => {
          seen.push(String(input));
          await sleep(28_000);
        }),
      ],
      { batchConcurrency: 1 },
    );
    const { definition } = jobOf('slow', () => null);
    await stack.submit(definition, 'a');
    await stack.submit(definition, 'b');
    await stack.submit(definition, 'c');
    expect(await deliverWith(stack, onCall('send', 1, 'lose-answer'))).toHaveLength(1);
    await stack.runToEnd();
    expect([...stack.seen].sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('a worker that has lost its job', () => {
  /** A job whose run outlives its lease while the producer hands it to another worker. */
  async function overtake(outcome: 'returns' | 'throws') {
    const stack = setup(({ seen, sleep }) => [
      jobOf('job', async (_, { attempt }) => {
        seen.push(`starts ${attempt}`);
        await sleep(10_000);
        if (outcome === 'throws') {
          throw new Error('late');
        }
        return attempt;
      }),
    ]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    const first = stack.deliver();
    await stack.clock.settle();
    // As if its clock had stood still: the lease is over for the producer.
    stack.store.putRaw({ ...stack.store.getRaw(id), leaseUntil: 1, nextAt: 1 });
    await stack.sweep();
    const second = stack.deliver();
    const results = await stack.clock.run(Promise.all([first, second]));
    return { stack, id, results };
  }

  it.each(['returns', 'throws'] as const)(
    'cannot overwrite the newer run when its handler %s: dropped and counted',
    async (outcome) => {
      const { stack, id, results } = await overtake(outcome);
      expect(stack.seen).toEqual(['starts 1', 'starts 2']);
      expect(results.map(({ failedMessageIds }) => failedMessageIds)).toEqual([[], []]);
      expect(stack.recorder.countOf('FencedWrites')).toBe(1);
      expect(await stack.get(id)).toMatchObject(
        outcome === 'returns'
          ? { status: 'completed', result: '2', attempt: 2 }
          : { status: 'dispatched', failures: 1, attempt: 2 },
      );
    },
  );

  it.each(['returns', 'throws'] as const)(
    'cannot end a job that the producer took from it: its handler %s',
    async (outcome) => {
      const stack = setup(({ sleep }) => [
        jobOf('job', async () => {
          await sleep(10_000);
          if (outcome === 'throws') {
            throw new Error('late');
          }
        }),
      ]);
      const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
      const delivering = stack.deliver();
      await stack.clock.settle();
      stack.store.putRaw({ ...stack.store.getRaw(id), leaseUntil: 1, nextAt: 1 });
      await stack.sweep();
      const taken = stack.store.getRaw(id);
      expect(taken).toMatchObject({ status: 'dispatched', attempt: 1, crashes: 1 });
      await stack.clock.run(delivering);
      expect(stack.store.getRaw(id)).toEqual(taken);
      expect(stack.recorder.countOf('FencedWrites')).toBe(1);
      expect(stack.recorder.changes.map(({ event }) => event)).toEqual(['lease-ended']);
    },
  );

  it('is fenced by its token too, where the attempt alone would not tell', async () => {
    const stack = setup(({ sleep }) => [jobOf('job', () => sleep(1_000))]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    const delivering = stack.deliver();
    await stack.clock.settle();
    stack.store.putRaw({ ...stack.store.getRaw(id), token: 'another' });
    await stack.clock.run(delivering);
    expect(stack.store.getRaw(id)).toMatchObject({ status: 'running', token: 'another' });
    expect(stack.recorder.countOf('FencedWrites')).toBe(1);
  });
});

it('a message for an item that the producer has not completed yet is acknowledged: the item comes back by itself', async () => {
  const stack = setup();
  stack.store.putRaw(rawPut({ id: 'bad', nextAt: stack.clock.now(), failures: 'many' }));
  stack.queue.sendRaw('{"v":1,"id":"bad"}');
  expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
  await stack.runToEnd();
  expect(await stack.get('bad')).toMatchObject({ status: 'failed' });
});
