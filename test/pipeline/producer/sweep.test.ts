import { describe, expect, it } from 'vitest';
import { decide, type JobFields, type Stored, storedFrom } from '../../../lib/core/index.ts';
import { sweepLanes } from '../../../lib/pipeline/producer/sweep-lanes.ts';
import { createFaults, withStore } from '../faults.ts';
import { echo, type Fixture, messageOf, rawPut, setup } from '../sample-jobs.ts';

const MINUTE_MS = 60_000;

/** Bodies that the queue would deliver now. */
function receiveAll(stack: Fixture): readonly string[] {
  return stack.queue.receive(100).map(({ body }) => body);
}

describe('a pass of the producer', () => {
  it('writes first and sends second, so that a crash between the two is healed by the deadline in the index', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() }));
    const crash = createFaults(({ method }) => (method === 'send' ? 'die-before' : undefined));

    await stack.clock.run(Promise.race([stack.sweep({ wrap: crash.wrap }), crash.died]));
    expect(crash.calls.map(({ method }) => method).slice(-2)).toEqual(['write', 'send']);
    expect(stack.store.getRaw('a')).toMatchObject({ status: 'dispatched', nextAt: stack.clock.now() + MINUTE_MS });
    expect(stack.queue.size()).toBe(0);

    await stack.clock.advance(MINUTE_MS);
    await stack.sweep();
    expect(receiveAll(stack)).toEqual([messageOf('a')]);
  });

  it('dispatches a queued job when it is due, and again with a doubled grace each time its message is lost', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() }));
    const graces: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      await stack.sweep();
      const { nextAt } = stack.store.getRaw('a') as { nextAt: number };
      graces.push((nextAt - stack.clock.now()) / MINUTE_MS);
      stack.queue.purge();
      await stack.clock.advance(nextAt - stack.clock.now());
    }
    expect(graces).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('leaves alone what is not due yet', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() + 1 }));
    expect(await stack.sweep()).toMatchObject({ accepted: 0 });
    await stack.clock.advance(1);
    expect(await stack.sweep()).toMatchObject({ accepted: 1 });
  });

  it('lets a queue delay what is due within 15 minutes and keeps in the table what is due later', async () => {
    const stack = setup();
    const now = stack.clock.now();
    stack.store.putRaw(rawPut({ id: 'soon', nextAt: now, dueAt: now + 900_000 }));
    stack.store.putRaw(rawPut({ id: 'late', nextAt: now, dueAt: now + 900_001 }));
    await stack.sweep();
    expect(stack.store.getRaw('soon')).toMatchObject({ status: 'dispatched', nextAt: now + 900_000 + MINUTE_MS });
    expect(stack.store.getRaw('late')).toMatchObject({ status: 'queued', nextAt: now + 900_001 });
    await stack.clock.advance(899_999);
    expect(receiveAll(stack)).toEqual([]);
    await stack.clock.advance(1);
    expect(receiveAll(stack)).toEqual([messageOf('soon')]);
  });

  it('sends a message to the fairness group of its job, and drops a group that no queue takes', async () => {
    const stack = setup();
    const nextAt = stack.clock.now();
    stack.store.putRaw(rawPut({ id: 'a', nextAt, group: 'tenant-1' }));
    stack.store.putRaw(rawPut({ id: 'b', nextAt, group: 'tenant one' }));
    await stack.sweep();
    expect(stack.queue.receive().map(({ body, group }) => [body, group])).toEqual([
      [messageOf('a'), 'tenant-1'],
      [messageOf('b'), undefined],
    ]);
  });

  it('cancels a job whose cancel request nobody has acted on', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now(), cancelRequested: true }));
    await stack.sweep();
    expect(await stack.get('a')).toMatchObject({ status: 'canceled' });
    expect(stack.queue.size()).toBe(0);
  });

  it('moves a final job out of a live lane without counting it as ended', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    await stack.clock.run(stack.deliver());
    const done = stack.store.getRaw(id);
    stack.store.putRaw({ ...done, lane: 'default#live#1', nextAt: stack.clock.now() });
    expect(await stack.sweep()).toMatchObject({ accepted: 1 });
    expect(stack.store.getRaw(id)).toEqual(done);
    expect(stack.recorder.totals()).toMatchObject({ submitted: 1, completed: 1 });
  });

  it('looks into every shard and at every page of each', async () => {
    const stack = setup(undefined, { queueDepthCap: 10_000 });
    const nextAt = stack.clock.now();
    for (let index = 0; index < 440; index += 1) {
      stack.store.putRaw(rawPut({ id: `job-${index}`, nextAt, lane: `default#live#${index % 4}` }));
    }
    expect(await stack.sweep()).toMatchObject({ accepted: 440, capped: false });
    expect(stack.queue.size()).toBe(440);
  });

  it('says so after each page, by which time what the page wrote has been told', async () => {
    const stack = setup();
    for (let index = 0; index < 250; index += 1) {
      stack.store.putRaw(rawPut({ id: `raw-${index}`, nextAt: stack.clock.now() }));
    }
    const told: number[] = [];
    const { store, queue, clock, policy, recorder: telemetry } = stack;
    const onPage = (): void => void told.push(telemetry.submissions.length);
    await sweepLanes({
      store,
      queue,
      clock,
      policy,
      telemetry,
      queueDepthCap: 1_000,
      mayGoOn: () => true,
      onPage,
    });
    expect(told).toEqual([100, 200, 250]);
  });

  it('pages past what it skips', async () => {
    const stack = setup();
    const nextAt = stack.clock.now();
    for (let index = 0; index < 250; index += 1) {
      stack.store.putRaw(rawPut({ id: `job-${String(index).padStart(3, '0')}`, nextAt }));
    }
    // An index that lags behind proposes what is gone by now.
    const { accepted } = await stack.sweep({
      wrap: withStore((store) => ({
        read: async (ids) => {
          const stored = await store.read(ids);
          return ids.map((id, index) => (id < 'job-240' ? { kind: 'absent', id } : (stored[index] as Stored)));
        },
      })),
    });
    expect(accepted).toBe(10);
  });

  it('decides once about a job that the index names twice', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() }));
    const reads: (readonly string[])[] = [];
    await stack.sweep({
      wrap: withStore((store) => ({
        read: (ids) => {
          reads.push(ids);
          return store.read(ids);
        },
        findDue: async (page) => {
          const { ids } = await store.findDue(page);
          return { ids: [...ids, ...ids] };
        },
      })),
    });
    expect(reads).toEqual([['a']]);
    expect(stack.queue.size()).toBe(1);
  });

  it('does no harm when two of them overlap', async () => {
    const stack = setup();
    const nextAt = stack.clock.now();
    for (let index = 0; index < 50; index += 1) {
      stack.store.putRaw(rawPut({ id: `job-${index}`, nextAt, lane: `default#live#${index % 4}` }));
    }
    const passes = await Promise.all([stack.sweep(), stack.sweep(), stack.sweep()]);
    expect(passes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(50);
    expect(stack.queue.size()).toBe(50);
    expect(stack.recorder.totals()).toMatchObject({ submitted: 50 });
  });
});

describe('the lease of a run', () => {
  /** A job that is running with a lease of 35 s, as a process left it that died. */
  async function crash(fields: Partial<JobFields> = {}): Promise<{ stack: Fixture; id: string }> {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    const solo = fields.solo ?? true;
    const now = stack.clock.now();
    await stack.store.claim([{ id, token: 'lost', now, solo, fitMs: undefined, leaseMarginMs: 5_000 }]);
    stack.store.putRaw({ ...stack.store.getRaw(id), ...fields });
    stack.queue.purge();
    return { stack, id };
  }

  it('is only ended by the producer, and not before its time: until then the job is looked at when it ends', async () => {
    const { stack, id } = await crash({ nextAt: 0 });
    const { leaseUntil } = stack.store.getRaw(id) as { leaseUntil: number };
    expect(await stack.sweep()).toMatchObject({ accepted: 1 });
    expect(stack.store.getRaw(id)).toMatchObject({ status: 'running', nextAt: leaseUntil });
    await stack.clock.advance(leaseUntil - stack.clock.now() - 1);
    expect(await stack.sweep()).toMatchObject({ accepted: 0 });
  });

  it('charges a crash to a job that ran alone, and starts it again at once, alone', async () => {
    const { stack, id } = await crash();
    await stack.clock.advance(MINUTE_MS);
    await stack.sweep();
    const job = await stack.get(id);
    expect(job).toMatchObject({ status: 'dispatched', suspect: true, crashes: 1, attempt: 1, failures: 0 });
    expect(receiveAll(stack)).toEqual([messageOf(id)]);
  });

  it('makes a job suspect that did not run alone, and charges it nothing', async () => {
    const { stack, id } = await crash({ solo: false });
    await stack.clock.advance(MINUTE_MS);
    await stack.sweep();
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', crashes: 0, failures: 0, suspect: true });
  });

  it('fails a job whose crashes are used up, with a copy for the dead-letter queue', async () => {
    const { stack, id } = await crash({ crashes: 1 });
    await stack.clock.advance(MINUTE_MS);
    await stack.sweep();
    expect(await stack.get(id)).toMatchObject({ status: 'failed', crashes: 2, error: { name: 'crashed', attempt: 1 } });
    expect(stack.queue.listDead()).toEqual([
      { body: messageOf(id, { dead: 1 }), attributes: expect.objectContaining({ type: 'echo', reason: 'crashed' }) },
    ]);
    expect(receiveAll(stack)).toEqual([]);
  });

  it('gives way to a cancel request, which wins over the crash', async () => {
    const { stack, id } = await crash({ crashes: 1, cancelRequested: true });
    await stack.clock.advance(MINUTE_MS);
    await stack.sweep();
    expect(await stack.get(id)).toMatchObject({ status: 'canceled', crashes: 1 });
    expect(stack.queue.listDead()).toEqual([]);
  });

  it('fences a worker that outlived it: its outcome is counted and dropped', async () => {
    const { stack, id } = await crash();
    const before = await stack.get(id);
    await stack.clock.advance(MINUTE_MS);
    await stack.sweep();
    const late = decide(
      storedFrom(before),
      { name: 'complete', result: '1' },
      { now: stack.clock.now(), policy: stack.policy },
    );
    const [result] = await stack.store.write(late.kind === 'change' ? [late.change] : []);
    expect(result).toMatchObject({ kind: 'refused' });
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched' });
  });
});
