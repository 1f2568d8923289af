import { describe, expect, it } from 'vitest';
import { createFakeClock, createFakeContext } from '../../lib/testing/index.ts';

describe('a fake clock', () => {
  it('stands still until it is moved', async () => {
    const clock = createFakeClock(1_000);
    expect([clock.now(), clock.now()]).toEqual([1_000, 1_000]);
    await clock.advance(5);
    expect(clock.now()).toBe(1_005);
  });

  it('wakes each sleeper at exactly its time, in order, and those of one time as they fell asleep', async () => {
    const clock = createFakeClock(0);
    const woken: string[] = [];
    const sleep = async (name: string, delayMs: number): Promise<void> => {
      await clock.sleep(delayMs);
      woken.push(`${name} at ${clock.now()}`);
    };
    const all = [sleep('late', 30), sleep('a', 10), sleep('b', 10), sleep('now', 0)];
    await clock.advance(20);
    expect(woken).toEqual(['now at 0', 'a at 10', 'b at 10']);
    await clock.advance(10);
    await Promise.all(all);
    expect(woken.at(-1)).toBe('late at 30');
    expect(clock.sleepers()).toBe(0);
  });

  it('lets the woken sleep again within one advance', async () => {
    const clock = createFakeClock(0);
    let ticks = 0;
    const work = (async () => {
      while (ticks < 5) {
        await clock.sleep(10);
        ticks += 1;
      }
    })();
    await clock.advance(35);
    expect(ticks).toBe(3);
    await clock.run(work);
    expect(clock.now()).toBe(50);
  });

  it('wakes a sleeper whose signal aborts, at once', async () => {
    const clock = createFakeClock(0);
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    abort.abort();
    await sleeping;
    await clock.sleep(1_000, abort.signal);
    expect([clock.now(), clock.sleepers()]).toEqual([0, 0]);
  });

  it('runs work to its end and hands on what it came to', async () => {
    const clock = createFakeClock(0);
    await expect(clock.run(clock.sleep(70).then(() => 'done'))).resolves.toBe('done');
    await expect(clock.run(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(clock.now()).toBe(70);
  });

  it('fails when work waits for something that time does not bring', async () => {
    const clock = createFakeClock();
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow('nothing waits for time');
  });

  it('fails a loop that looks at it without ever waiting', () => {
    const clock = createFakeClock();
    expect(() => {
      for (;;) {
        clock.now();
      }
    }).toThrow('a loop that does not wait');
  });
});

describe('a fake context', () => {
  it('keeps what a handler reports, as callers would see it', async () => {
    const context = createFakeContext({ jobId: 'job-7', attempt: 2 });
    await context.progress({ at: new Date(0), nothing: undefined });
    context.logger.warn('careful', { a: 1 });
    expect(context).toMatchObject({ jobId: 'job-7', attempt: 2, idempotencyKey: 'job-7' });
    expect(context.reported).toEqual([{ at: '1970-01-01T00:00:00.000Z' }]);
    expect(context.lines).toEqual([{ level: 'warn', message: 'careful', fields: { a: 1 } }]);
    await expect(context.progress(1n)).rejects.toThrow(TypeError);
  });

  it('runs out of time with its clock, and tells the handler to stop', async () => {
    const clock = createFakeClock();
    const context = createFakeContext({ clock, timeoutMs: 1_000 });
    await clock.advance(400);
    expect(context.remainingMs()).toBe(600);
    expect(context.signal.aborted).toBe(false);
    context.abort();
    expect(context.signal.reason).toMatchObject({ name: 'TimeoutError' });
  });
});
