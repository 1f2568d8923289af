import { describe, expect, it } from 'vitest';
import { type Call, createFaults, type Fault } from '../faults.ts';
import { echo, type Fixture, messageOf, rawPut, setup } from '../sample-jobs.ts';

const LANES = 4;

function setUpDue(count = LANES): Fixture {
  const stack = setup();
  for (let index = 0; index < count; index += 1) {
    const id = `job-${index}`;
    stack.store.putRaw(rawPut({ id, nextAt: stack.clock.now(), lane: `default#live#${index % LANES}` }));
  }
  return stack;
}

const only =
  (method: string, fault: Fault, id?: string) =>
  (call: Call): Fault =>
    call.method === method && (id === undefined || call.id === id) ? fault : undefined;

describe('trouble met by a pass', () => {
  it('in one lane does not stop the others', async () => {
    const stack = setUpDue();
    const { wrap } = createFaults(({ method, index }) =>
      method === 'findDue' && index === 2 ? 'unavailable' : undefined,
    );
    expect(await stack.sweep({ wrap })).toMatchObject({ accepted: 3, trouble: { code: 'unavailable' } });
  });

  it('with one read does not stop the other lanes', async () => {
    const stack = setUpDue();
    let reads = 0;
    const { wrap } = createFaults(({ method }) => {
      reads += method === 'read' ? 1 : 0;
      return method === 'read' && reads === 1 ? 'throw' : undefined;
    });
    expect(await stack.sweep({ wrap })).toMatchObject({ accepted: 3, trouble: expect.any(TypeError) });
  });

  it('with one write does not stop the other jobs, and the next pass finds the job again', async () => {
    const stack = setUpDue();
    const { wrap } = createFaults(only('write', 'unavailable', 'job-1'));
    expect(await stack.sweep({ wrap })).toMatchObject({ accepted: 3, trouble: { code: 'unavailable' } });
    expect(await stack.sweep()).toMatchObject({ accepted: 1, trouble: undefined });
    expect(stack.queue.size()).toBe(4);
  });

  it('with the answer of a write sends no message; the deadline in the index brings the job back', async () => {
    const stack = setUpDue(1);
    const { wrap } = createFaults(only('write', 'lose-answer'));
    await stack.sweep({ wrap });
    expect(stack.queue.size()).toBe(0);
    await stack.runToEnd();
    expect(await stack.get('job-0')).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('with a send makes the job due again at once, without doubling its grace', async () => {
    const stack = setUpDue();
    const { wrap } = createFaults(only('send', 'unavailable', 'job-1'));
    expect(await stack.sweep({ wrap })).toMatchObject({ accepted: 3, trouble: { code: 'unavailable' } });
    expect(stack.store.getRaw('job-1')).toMatchObject({ status: 'dispatched', nextAt: stack.clock.now() });
    expect(stack.recorder.countOf('SendFailures')).toBe(1);
    await stack.sweep();
    expect(stack.store.getRaw('job-1')).toMatchObject({ dispatches: 1, nextAt: stack.clock.now() + 60_000 });
    expect(stack.queue.size()).toBe(4);
  });

  it('with the answer of a send costs a second message at most', async () => {
    const stack = setUpDue(1);
    const { wrap } = createFaults(only('send', 'lose-answer'));
    await stack.sweep({ wrap });
    await stack.runToEnd();
    expect(await stack.get('job-0')).toMatchObject({ status: 'completed', attempt: 1 });
    expect(stack.recorder.totals()).toMatchObject({ completed: 1 });
  });

  it('with a message that no queue will ever take is no trouble: the job waits for its doubling grace', async () => {
    const stack = setUpDue(1);
    const { wrap } = createFaults(only('send', 'invalid'));
    expect(await stack.sweep({ wrap })).toMatchObject({ accepted: 0, capped: false, trouble: undefined });
    expect(stack.store.getRaw('job-0')).toMatchObject({ status: 'dispatched', nextAt: stack.clock.now() + 60_000 });
  });

  it('with a queue that throws is the same as a send that fails', async () => {
    const stack = setUpDue(2);
    const { wrap } = createFaults(only('send', 'throw'));
    expect(await stack.sweep({ wrap })).toMatchObject({ accepted: 0, trouble: { code: 'unavailable' } });
    expect(await stack.sweep()).toMatchObject({ accepted: 2 });
  });

  it('with the copy of a failed job is told, and the job stays failed', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'bad', nextAt: stack.clock.now(), input: 5 }));
    const { wrap } = createFaults(only('sendDeadLetters', 'unavailable'));
    expect(await stack.sweep({ wrap })).toMatchObject({ trouble: { code: 'unavailable' } });
    expect(await stack.get('bad')).toMatchObject({ status: 'failed' });
    expect(stack.recorder.countOf('SendFailures')).toBe(1);
  });
});

describe('the loop of the producer', () => {
  /** When each pass began, in milliseconds since the first. */
  function watchPasses(stack: Fixture, plan: (call: Call) => Fault = () => undefined) {
    const passes: number[] = [];
    const start = stack.clock.now();
    const { wrap } = createFaults((call) => {
      const at = stack.clock.now() - start;
      if (call.method === 'findDue' && passes.at(-1) !== at) {
        passes.push(at);
      }
      return plan(call);
    });
    return { passes, wrap };
  }

  it('backs off while idle and then ends its invocation', async () => {
    const stack = setup();
    const { passes, wrap } = watchPasses(stack);
    expect(await stack.clock.run(stack.produce({ wrap }))).toEqual({ passes: 3, accepted: 0, errors: 0 });
    expect(passes).toEqual([0, 100, 300]);
  });

  it('stays awake where it is asked to, looking once a second until shortly before its deadline', async () => {
    const stack = setup();
    const { passes, wrap } = watchPasses(stack);
    await stack.clock.run(stack.produce({ wrap, stayAwake: true }));
    expect(passes.slice(0, 7)).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500]);
    expect(passes.at(-1)).toBeGreaterThan(53_000);
    expect(passes.at(-1)).toBeLessThan(55_000);
  });

  it('does not wait while there is work, and starts small again once there was some', async () => {
    const stack = setup();
    const { passes, wrap } = watchPasses(stack);
    const producing = stack.produce({ wrap, stayAwake: true });
    await stack.clock.advance(10_400);
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() }));
    await stack.clock.advance(1_000);
    expect(passes.slice(-5)).toEqual([9_500, 10_500, 10_600, 10_800, 11_200]);
    await stack.clock.run(producing);
  });

  it('does not take skipped jobs for work: an index that only lags does not keep it busy', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    await stack.clock.advance(60_000);
    const job = stack.store.getRaw(id);
    const { passes, wrap } = watchPasses(stack, ({ method }) => {
      if (method === 'read') {
        stack.store.putRaw({ ...job, nextAt: stack.clock.now() + 1 });
      }
      if (method === 'findDue') {
        stack.store.putRaw({ ...job });
      }
      return undefined;
    });
    await stack.clock.run(stack.produce({ wrap }));
    expect(passes).toEqual([0, 100, 300]);
  });

  it('waits 1 s to 30 s on errors, longer each time, and starts small again after a success', async () => {
    const stack = setup();
    let isDown = true;
    const { passes, wrap } = watchPasses(stack, () => (isDown ? 'unavailable' : undefined));
    const producing = stack.produce({ wrap, stayAwake: true, timeoutMs: 300_000 });
    await stack.clock.advance(95_000);
    expect(passes).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000]);
    isDown = false;
    await stack.clock.advance(26_050);
    expect(passes.at(-1)).toBe(121_000);
    isDown = true;
    await stack.clock.advance(3_200);
    expect(passes.slice(-4)).toEqual([121_000, 121_100, 122_100, 124_100]);
    expect((await stack.clock.run(producing)).errors).toBeGreaterThan(9);
  });

  it('backs off while the queue is down instead of writing and taking back in a hot loop', async () => {
    const stack = setUpDue();
    const { passes, wrap } = watchPasses(stack, only('send', 'unavailable'));
    await stack.clock.run(stack.produce({ wrap }));
    expect(passes).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000]);
  });

  it('keeps a steady pace while some writes are throttled and others are not', async () => {
    const stack = setUpDue(1_000);
    let writes = 0;
    const { passes, wrap } = watchPasses(stack, ({ method }) => {
      writes += method === 'write' ? 1 : 0;
      return method === 'write' && writes % 50 === 0 ? 'unavailable' : undefined;
    });
    await stack.clock.run(stack.produce({ wrap }));
    expect(passes.slice(0, 3)).toEqual([0, 1_000, 2_000]);
    expect(stack.queue.size()).toBe(1_000);
  });

  it('fails at once when permissions do not allow the work, after all else was done', async () => {
    const stack = setUpDue();
    const { wrap } = createFaults(only('write', 'denied', 'job-1'));
    await expect(stack.produce({ wrap })).rejects.toMatchObject({ code: 'denied' });
    expect(stack.queue.size()).toBe(3);
  });

  it('tells of a refused permission before anything else that went wrong', async () => {
    const stack = setUpDue();
    const { wrap } = createFaults(({ method, id }) =>
      method !== 'write' ? undefined : id === 'job-3' ? 'denied' : 'unavailable',
    );
    await expect(stack.produce({ wrap })).rejects.toMatchObject({ code: 'denied' });
  });

  it('begins no page that it may not end before its deadline', async () => {
    const stack = setUpDue(800);
    const { wrap, calls } = createFaults(() => undefined);
    const slow = stack.produce({
      timeoutMs: 8_000,
      wrap: (ports) => {
        const faulty = wrap(ports);
        return {
          ...faulty,
          queue: {
            ...faulty.queue,
            send: async (messages) => {
              await ports.clock.sleep(4_000);
              return await faulty.queue.send(messages);
            },
          },
        };
      },
    });
    await stack.clock.run(slow);
    expect(calls.filter(({ method }) => method === 'read')).toHaveLength(4);
    expect(stack.queue.size()).toBe(400);
  });

  it('stops when the process must: the pass under way ends, no other begins', async () => {
    const stack = setup();
    const stop = new AbortController();
    const { passes, wrap } = watchPasses(stack);
    const producing = stack.produce({ wrap, stayAwake: true, stop: stop.signal });
    await stack.clock.advance(5_000);
    const before = passes.length;
    stop.abort();
    await stack.clock.settle();
    await expect(producing).resolves.toMatchObject({ passes: before });
    expect(stack.clock.sleepers()).toBe(0);
  });

  it('moves a raw put on within a second while it is awake', async () => {
    const stack = setup();
    const producing = stack.produce({ stayAwake: true });
    await stack.clock.advance(30_000);
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() }));
    await stack.clock.advance(1_000);
    expect(stack.queue.receive().map(({ body }) => body)).toEqual([messageOf('a')]);
    await stack.clock.run(producing);
  });
});
