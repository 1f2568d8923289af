import { describe, expect, it } from 'vitest';
import { anything, echo, jobOf, messageOf, rawPut, setup } from '../sample-jobs.ts';

describe('a job that was put into the table by hand', () => {
  it('may lack what it cannot know: the first dispatch writes every missing field', async () => {
    const patient = jobOf('patient', () => null, {
      input: anything,
      retry: { maxAttempts: 9, maxCrashes: 7 },
      timeoutSeconds: 11,
    });
    const stack = setup(() => [patient]);
    const nextAt = stack.clock.now();
    stack.store.putRaw(rawPut({ id: 'a', type: 'patient', nextAt }));
    await stack.sweep();
    expect(stack.store.getRaw('a')).toMatchObject({
      status: 'dispatched',
      input: '{}',
      attempt: 0,
      failures: 0,
      crashes: 0,
      maxAttempts: 9,
      maxCrashes: 7,
      timeoutMs: 11_000,
      createdAt: nextAt,
      dueAt: nextAt,
      dispatches: 1,
      history: [{ status: 'dispatched', at: nextAt, attempt: 0 }],
    });
    await stack.clock.run(stack.deliver());
    expect(await stack.get('a')).toMatchObject({ status: 'completed', result: 'null' });
  });

  it.each([
    ['text', '{"a":1}'],
    ['a map', { a: 1 }],
  ])('takes its input as %s', async (_, input) => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', input, nextAt: stack.clock.now() }));
    await stack.runToEnd();
    expect(await stack.get('a')).toMatchObject({ status: 'completed', result: '{"a":1}' });
  });

  it('counts as submitted when the system first writes about it, once', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() }));
    stack.store.putRaw(rawPut({ id: 'b', nextAt: stack.clock.now(), input: 'no JSON' }));
    await stack.runToEnd();
    expect(stack.recorder.totals()).toEqual({ submitted: 2, reopened: 0, completed: 1, failed: 1, canceled: 0 });
  });

  it('counts as nothing when it was put as final: it is only put in order', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', status: 'canceled', nextAt: stack.clock.now() }));
    await stack.sweep();
    expect(await stack.get('a')).toMatchObject({ status: 'canceled' });
    expect(stack.recorder.totals()).toEqual({ submitted: 0, reopened: 0, completed: 0, failed: 0, canceled: 0 });
  });

  it('fails when it was put as completed: it never ran', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', status: 'completed', nextAt: stack.clock.now() }));
    await stack.sweep();
    const message = expect.stringContaining('a completed job needs the attempt that completed it');
    expect(await stack.get('a')).toMatchObject({ status: 'failed', error: { name: 'malformed', message } });
    expect(stack.recorder.totals()).toEqual({ submitted: 1, reopened: 0, completed: 0, failed: 1, canceled: 0 });
  });

  it('may have a type that no queue takes as an attribute: the copy for the dead-letter queue goes out all the same', async () => {
    const stack = setup();
    const type = `\u0000\ud800${'x'.repeat(2_000)}`;
    stack.store.putRaw(rawPut({ id: 'a', type, input: 5, nextAt: stack.clock.now() }));
    await stack.sweep();
    expect(stack.queue.listDead()).toMatchObject([{ attributes: { type: `\ufffd\ufffd${'x'.repeat(998)}` } }]);
  });

  it('waits for the producer when its message comes first', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'a', nextAt: stack.clock.now() }));
    stack.queue.sendRaw(messageOf('a'));
    expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.store.getRaw('a')).toMatchObject({ status: 'queued' });
    await stack.runToEnd();
    expect(await stack.get('a')).toMatchObject({ status: 'completed', attempt: 1 });
  });
});

describe('a malformed item', () => {
  const now = 1_767_225_600_000;

  it.each<[string, Record<string, unknown>, string]>([
    ['a field of the wrong type', { maxAttempts: 'three' }, 'maxAttempts'],
    ['a fraction for a count', { attempt: 0.5 }, 'attempt'],
    ['no type', { type: undefined }, 'type is missing'],
    ['an unknown status', { status: 'done' }, 'status must be a known status'],
    ['no status', { status: undefined }, 'status is missing'],
    ['no input', { input: undefined }, 'input is missing'],
    ['an input that is no JSON', { input: '{' }, 'input is not JSON'],
    ['a running status without a lease', { status: 'running' }, 'a running job needs'],
    ['an expiry although it is not final', { expiresAt: now }, 'expiresAt'],
    ['a number that no double can hold', { failures: 2n ** 64n }, 'failures'],
  ])('becomes failed with the reason: %s', async (_, fields, problem) => {
    const stack = setup();
    const item = rawPut({ id: 'bad', nextAt: now, ...fields });
    stack.store.putRaw(Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)));
    stack.store.putRaw(rawPut({ id: 'good', nextAt: now }));
    await stack.runToEnd();
    const job = await stack.get('bad');
    expect(job).toMatchObject({ status: 'failed', error: { name: 'malformed' } });
    expect(job.status === 'failed' && job.error.message).toContain(problem);
    expect(stack.queue.listDead()).toMatchObject([{ attributes: { reason: 'malformed' } }]);
    expect(await stack.get('good')).toMatchObject({ status: 'completed' });
  });

  it('keeps the input that its author wrote, for a person to look at', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'bad', nextAt: now, input: { list: [1] }, crashes: -1 }));
    await stack.sweep();
    expect(stack.store.getRaw('bad')).toMatchObject({ status: 'failed', input: { list: [1] } });
  });

  it('that is too large to be dispatched becomes failed, its input removed if need be', async () => {
    const stack = setup(undefined, { maxItemBytes: 1_000 });
    stack.store.putRaw(rawPut({ id: 'large', nextAt: now, input: JSON.stringify('x'.repeat(850)) }));
    // The mark of a run that never was goes anyway, and without it the input fits.
    stack.store.putRaw(rawPut({ id: 'tight', nextAt: now, input: '"kept"', token: 'x'.repeat(850) }));
    stack.store.putRaw(rawPut({ id: 'good', nextAt: now }));
    expect(await stack.sweep()).toMatchObject({ trouble: undefined });
    const error = { name: 'malformed', message: expect.stringContaining('too large') };
    expect(await stack.get('large')).toMatchObject({ status: 'failed', input: 'null', error });
    expect(await stack.get('tight')).toMatchObject({ status: 'failed', input: '"kept"', error });
    expect(await stack.get('good')).toMatchObject({ status: 'dispatched' });
  });

  it('that is too large to be claimed becomes failed as well, so that its messages do not go round for ever', async () => {
    const stack = setup(undefined, { maxItemBytes: 1_000 });
    let input = 'x'.repeat(900);
    // As large as still can be dispatched: the claim adds a token, a lease and a line of history.
    for (;;) {
      stack.store.putRaw(rawPut({ id: 'a', nextAt: now, input: JSON.stringify(input) }));
      await stack.sweep();
      if (stack.store.getRaw('a')?.['status'] === 'dispatched') {
        break;
      }
      input = input.slice(10);
    }
    expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
    expect(await stack.get('a')).toMatchObject({ status: 'failed', attempt: 0, error: { name: 'malformed' } });
    expect(stack.queue.listDead().at(-1)).toMatchObject({ body: messageOf('a', { dead: 0 }) });
  });

  it('never takes a page of others down with it, however many there are', async () => {
    const stack = setup();
    for (let index = 0; index < 200; index += 1) {
      stack.store.putRaw(rawPut({ id: `job-${index}`, nextAt: now, ...(index % 2 === 0 ? { input: 5 } : {}) }));
    }
    await stack.sweep();
    const statuses = stack.store.listRaw().map(({ status }) => status);
    expect(statuses.filter((status) => status === 'failed')).toHaveLength(100);
    expect(statuses.filter((status) => status === 'dispatched')).toHaveLength(100);
  });
});

it('uses no more than the plain defaults for a type that nobody knows here', async () => {
  const stack = setup(() => [echo]);
  stack.store.putRaw(rawPut({ id: 'a', type: 'elsewhere', nextAt: stack.clock.now() }));
  await stack.sweep();
  expect(await stack.get('a')).toMatchObject({ maxAttempts: 5, maxCrashes: 2, timeoutMs: 30_000 });
});
