import { describe, expect, it } from 'vitest';
import { createFaults } from '../faults.ts';
import { echo, type Fixture, jobOf, messageOf, setup } from '../sample-jobs.ts';

const VISIBILITY_TIMEOUT_MS = 360_000;

/** A stack with a job that fails until it is told otherwise. */
function setUpFlaky() {
  let isBroken = true;
  const stack = setup(() => [
    jobOf('flaky', () => {
      if (isBroken) {
        throw new Error('broken');
      }
      return 'mended';
    }),
    echo,
  ]);
  const submit = async (): Promise<string> => {
    const { id } = await stack.submit(jobOf('flaky', () => null).definition, 1, { maxAttempts: 1 });
    return id;
  };
  const mend = (): void => {
    isBroken = false;
  };
  return { stack, submit, mend };
}

async function fail(stack: Fixture, submit: () => Promise<string>): Promise<string> {
  const id = await submit();
  await stack.clock.run(stack.deliver());
  expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt: 1 });
  return id;
}

describe('the copy of a failed job', () => {
  it('is sent again when the message comes back: the worker that failed the job may have died before it', async () => {
    const { stack, submit } = setUpFlaky();
    const id = await submit();
    const crash = createFaults(({ method }) => (method === 'sendDeadLetters' ? 'die-before' : undefined));
    await stack.clock.run(Promise.race([stack.deliver({ wrap: crash.wrap }), crash.died]));
    expect(await stack.get(id)).toMatchObject({ status: 'failed' });
    expect(stack.queue.listDead()).toEqual([]);

    await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    expect(await stack.deliver()).toMatchObject({ failedMessageIds: [] });
    expect(stack.queue.listDead()).toEqual([
      { body: messageOf(id, { dead: 1 }), attributes: { type: 'flaky', reason: 'Error', detail: 'broken' } },
    ]);
    expect(stack.queue.size()).toBe(0);
  });

  it('is not sent for a message that comes for the first time: that is only a duplicate', async () => {
    const { stack, submit } = setUpFlaky();
    const id = await fail(stack, submit);
    stack.queue.sendRaw(messageOf(id));
    await stack.deliver();
    expect(stack.queue.listDead()).toHaveLength(1);
    expect(stack.recorder.countOf('DuplicateMessages')).toBe(1);
  });

  it('says why in text that every queue takes, whoever wrote the reason', async () => {
    const { stack, submit } = setUpFlaky();
    const id = await fail(stack, submit);
    const error = { name: '', message: `\u0000${'x'.repeat(5_000)}`, attempt: 1, at: 1 };
    stack.store.putRaw({ ...stack.store.getRaw(id), error });
    stack.queue.sendRaw(messageOf(id));
    stack.queue.receive();
    await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    await stack.deliver();
    expect(stack.queue.listDead().at(-1)?.attributes).toEqual({
      type: 'flaky',
      reason: '(nothing)',
      detail: `\ufffd${'x'.repeat(999)}`,
    });
  });

  it('keeps its message in the queue while it cannot be sent', async () => {
    const { stack, submit } = setUpFlaky();
    const id = await submit();
    const { wrap } = createFaults(({ method }) => (method === 'sendDeadLetters' ? 'unavailable' : undefined));
    for (let receive = 1; receive <= 3; receive += 1) {
      expect(await stack.clock.run(stack.deliver({ wrap }))).toMatchObject({ failedMessageIds: ['message-1'] });
      expect(stack.queue.size()).toBe(1);
      await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    }
    await stack.deliver();
    expect(stack.queue.listDead()).toMatchObject([{ body: messageOf(id, { dead: 1 }) }]);
    expect(stack.recorder.totals()).toMatchObject({ failed: 1 });
  });
});

describe('a redrive from the SQS console', () => {
  it('re-opens its job with new budgets, and runs it', async () => {
    const { stack, submit, mend } = setUpFlaky();
    const id = await fail(stack, submit);
    stack.store.putRaw({ ...stack.store.getRaw(id), suspect: true, crashes: 1 });
    mend();
    expect(stack.queue.redriveDead()).toBe(1);
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    const job = await stack.get(id);
    expect(job).toMatchObject({ status: 'completed', attempt: 2, failures: 0, crashes: 0 });
    expect(job).not.toHaveProperty('suspect');
    expect(stack.recorder.totals()).toEqual({ submitted: 1, reopened: 1, completed: 1, failed: 1, canceled: 0 });
    expect(stack.queue.size()).toBe(0);
  });

  it('can be repeated for as long as the job fails', async () => {
    const { stack, submit, mend } = setUpFlaky();
    const id = await fail(stack, submit);
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      expect(stack.queue.redriveDead()).toBe(1);
      await stack.clock.run(stack.deliver());
      expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt });
      expect(stack.queue.listDead()).toMatchObject([{ body: messageOf(id, { dead: attempt }) }]);
    }
    mend();
    stack.queue.redriveDead();
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 5 });
  });

  it('leaves a copy of the next failure too, if only after another delivery', async () => {
    const { stack, submit } = setUpFlaky();
    const id = await fail(stack, submit);
    stack.queue.redriveDead();
    const { wrap } = createFaults(({ method }) => (method === 'sendDeadLetters' ? 'unavailable' : undefined));
    await stack.clock.run(stack.deliver({ wrap }));
    expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt: 2 });
    expect(stack.queue.listDead()).toEqual([]);
    await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt: 2 });
    expect(stack.queue.listDead()).toMatchObject([{ body: messageOf(id, { dead: 2 }) }]);
  });

  it('leaves that copy even if the other delivery is handed back for a third', async () => {
    const { stack, submit } = setUpFlaky();
    await submit();
    const { wrap } = createFaults(({ method }) => (method === 'sendDeadLetters' ? 'unavailable' : undefined));
    await stack.clock.run(stack.deliver({ wrap }));
    await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    await stack.clock.run(stack.deliver({ stop: AbortSignal.abort() }));
    expect(stack.queue.listDead()).toEqual([]);
    await stack.clock.run(stack.deliver());
    expect(stack.queue.listDead()).toHaveLength(1);
  });

  it('with two copies of one letter re-opens once', async () => {
    const { stack, submit, mend } = setUpFlaky();
    const id = await fail(stack, submit);
    mend();
    stack.queue.sendRaw(messageOf(id, { dead: 1 }));
    stack.queue.sendRaw(messageOf(id, { dead: 1 }));
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 2 });
    expect(stack.recorder.totals()).toMatchObject({ reopened: 1, completed: 1 });
  });

  it.each([
    ['of an earlier attempt', { dead: 0 }],
    ['of a plain message: that never re-opens anything', {}],
  ])('does nothing by the letter %s', async (_, marks) => {
    const { stack, submit, mend } = setUpFlaky();
    const id = await fail(stack, submit);
    mend();
    stack.queue.sendRaw(messageOf(id, marks));
    expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
    expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt: 1 });
    expect(stack.queue.size()).toBe(0);
  });

  it('does nothing to a job that has moved on', async () => {
    const { stack } = setUpFlaky();
    const { id } = await stack.submit(echo.definition, 1);
    await stack.clock.run(stack.deliver());
    stack.queue.sendRaw(messageOf(id, { dead: 1 }));
    await stack.deliver();
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(stack.recorder.countOf('DuplicateMessages')).toBe(1);
  });

  it('survives being handed back before its turn', async () => {
    const { stack, submit, mend } = setUpFlaky();
    const id = await fail(stack, submit);
    mend();
    stack.queue.redriveDead();
    await stack.deliver({ stop: AbortSignal.abort() });
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 2 });
  });

  it.each(['write', 'claim', 'send'] as const)(
    'survives that a %s is not answered, whether it landed or not',
    async (method) => {
      for (const fault of ['unavailable', 'lose-answer'] as const) {
        const { stack, submit, mend } = setUpFlaky();
        const id = await fail(stack, submit);
        mend();
        stack.queue.redriveDead();
        let hits = 0;
        const { wrap } = createFaults((call) => {
          hits += call.method === method ? 1 : 0;
          return call.method === method && hits === 1 ? fault : undefined;
        });
        await stack.clock.run(stack.deliver({ wrap })).catch(() => 'thrown');
        await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
        await stack.clock.run(stack.deliver());
        await stack.runToEnd();
        expect(await stack.get(id)).toMatchObject({ status: 'completed' });
      }
    },
  );

  it('brings a message back that never reached an outcome, and its job has none either', async () => {
    const { stack } = setUpFlaky();
    const { id } = await stack.submit(echo.definition, 1);
    const { wrap } = createFaults(({ method }) => (method === 'claim' ? 'unavailable' : undefined));
    for (let receive = 1; receive <= 6; receive += 1) {
      await stack.clock.run(stack.deliver({ wrap })).catch(() => 'thrown');
      await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    }
    expect(stack.queue.listDead()).toEqual([{ body: messageOf(id), attributes: {} }]);
    stack.queue.redriveDead();
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 1 });
  });
});

describe('messages', () => {
  it('carry an id and what rules need of them, never content, in ASCII', async () => {
    const { stack, submit } = setUpFlaky();
    const id = 'jöb-\u{1f600}';
    await submit();
    stack.store.putRaw({
      id,
      type: 'flaky',
      status: 'queued',
      input: '"secret"',
      lane: 'default#live#0',
      nextAt: stack.clock.now(),
      maxAttempts: 1,
    });
    await stack.sweep();
    const bodies = stack.queue.receive().map(({ body }) => body);
    await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    await stack.runToEnd();
    bodies.push(...stack.queue.listDead().map(({ body }) => body));
    expect(bodies).toHaveLength(4);
    for (const body of bodies) {
      expect(body).toMatch(/^[\x20-\x7e]{1,100}$/);
      expect(['["v","id"]', '["v","id","dead"]']).toContain(JSON.stringify(Object.keys(JSON.parse(body))));
    }
    expect(bodies.map((body) => (JSON.parse(body) as { id: string }).id)).toContain(id);
  });
});
