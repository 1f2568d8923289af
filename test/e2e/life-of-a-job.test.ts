import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevProcess, expectAllGone, killAll, startDev } from '../local/stack/dev-process.ts';
import { connectTo, type LocalClients } from './local-clients.ts';

let dev: DevProcess;
let clients: LocalClients;

beforeAll(async () => {
  dev = await startDev({ directory: fileURLToPath(new URL('quick-app', import.meta.url)) });
  clients = connectTo(dev.ready);
});

afterAll(async () => {
  clients?.close();
  dev?.child.kill('SIGTERM');
  await dev?.exited;
  await expectAllGone(dev?.pids ?? [], 5_000);
  killAll();
});

describe('a job', () => {
  it('goes from submit to completed, and its result can be waited for', async () => {
    const accepted = await clients.request('POST', '/jobs', { body: { type: 'echo', input: { text: 'hello 🌍' } } });
    expect(accepted.status).toBe(202);
    const { id } = (await accepted.json()) as { id: string };
    expect(accepted.headers.get('location')).toBe(`/jobs/${id}`);

    const job = await clients.waitFor(id);

    expect(job).toMatchObject({ status: 'completed', attempt: 1, failures: 0, crashes: 0, result: 'hello 🌍' });
    expect(job.history.map(({ status }) => status)).toEqual(['dispatched', 'running', 'completed']);
    expect(await clients.readItem(id)).not.toHaveProperty('lane');
  });

  it('is the same again under the same idempotency key', async () => {
    const submit = (text: string) =>
      clients.request('POST', '/jobs', {
        body: { type: 'echo', input: { text } },
        headers: { 'idempotency-key': 'once' },
      });
    const first = await submit('a');
    const again = await submit('a');
    const other = await submit('b');

    expect([first.status, again.status, other.status]).toEqual([202, 200, 422]);
    expect(((await again.json()) as { id: string }).id).toBe(((await first.json()) as { id: string }).id);
  });

  it('starts at its time when it is put into the table for later', async () => {
    const nextAt = Date.now() + 1_500;
    await clients.putRaw('later', 'echo', '{"text":"then"}', { nextAt });

    const job = await clients.waitFor('later');

    expect(job).toMatchObject({ status: 'completed', result: 'then' });
    expect(Date.parse(job.startedAt ?? '')).toBeGreaterThanOrEqual(nextAt);
  });

  it('may be put into the table with its input as a map', async () => {
    await clients.putRaw('map', 'echo', '', { input: { text: 'map' } });
    expect(await clients.waitFor('map')).toMatchObject({ status: 'completed', result: 'map' });
  });

  it('is lost by nobody when its message is', async () => {
    // As an express submit whose message never came: dispatched, and nothing in the queue.
    await clients.putRaw('unsent', 'echo', '{"text":"found"}', { status: 'dispatched' });
    expect(await clients.waitFor('unsent')).toMatchObject({ status: 'completed', result: 'found' });
  });
});

describe('a job that always fails', () => {
  it('fails after its attempts, with one dead letter that names the reason', async () => {
    const { id } = await clients.submit('always-fails', {});

    const job = await clients.waitFor(id);

    expect(job).toMatchObject({
      status: 'failed',
      attempt: 3,
      failures: 3,
      error: { name: 'RangeError', message: 'no luck in attempt 3', attempt: 3 },
    });
    const letters = await vi.waitFor(
      async () => {
        const found = (await clients.receiveDeadLetters()).filter(({ Body }) => Body?.includes(id));
        expect(found).toHaveLength(1);
        return found;
      },
      { timeout: 10_000 },
    );
    expect(JSON.parse(letters[0]?.Body ?? '')).toEqual({ v: 1, id, dead: 3 });
    expect(JSON.stringify(letters[0]?.MessageAttributes)).toContain('RangeError');
  });
});

describe('garbage', () => {
  it('in the queue ends in the dead-letter queue and hurts nobody', async () => {
    await Promise.all(['not json', '{"v":1,"id":"nobody"}', '{"v":99}'].map(clients.sendMessage));
    const { id } = await clients.submit('echo', { text: 'unhurt' });

    expect(await clients.waitFor(id)).toMatchObject({ status: 'completed', attempt: 1 });
    await vi.waitFor(
      async () => {
        const bodies = (await clients.receiveDeadLetters()).map(({ Body }) => Body);
        expect(bodies).toEqual(expect.arrayContaining(['not json', '{"v":1,"id":"nobody"}', '{"v":99}']));
      },
      { timeout: 30_000 },
    );
    await vi.waitFor(async () => expect(await clients.countMessages(dev.ready.queueUrl)).toBe(0), { timeout: 10_000 });
  });

  it('in the table becomes failed with the reason', async () => {
    await clients.putRaw('garbage', 'echo', 'not json');
    expect(await clients.waitFor('garbage')).toMatchObject({
      status: 'failed',
      error: { name: 'malformed', message: expect.stringContaining('input is not JSON') },
    });
  });

  it('as an input is a permanent failure at the first attempt', async () => {
    await clients.putRaw('wrong-input', 'echo', '{"text":1}');
    expect(await clients.waitFor('wrong-input')).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { name: 'invalid-input', message: expect.stringContaining('/text') },
    });
  });
});

describe('a job that ends its process', () => {
  it.each([
    { by: 'exit', saying: 'Runtime exited with error: exit status 3' },
    { by: 'memory', saying: 'JavaScript heap out of memory' },
  ])('by $by is failed as crashed; its batch mates are completed and charged nothing', async ({ by, saying }) => {
    // Due at one moment in one shard, so that one pass of the producer sends them as one batch.
    const nextAt = Date.now() + 1_000;
    const mates = ['mate-1', 'mate-2', 'mate-3', 'mate-4', 'mate-5'].map((name) => `${by}-${name}`);
    await Promise.all([
      ...mates.map((id) => clients.putRaw(id, 'echo', `{"text":"${id}","afterMs":400}`, { nextAt })),
      clients.putRaw(`${by}-killer`, 'exits', JSON.stringify({ by }), { nextAt }),
    ]);

    const [killer, ...others] = await Promise.all([`${by}-killer`, ...mates].map(clients.waitFor));

    for (const mate of others) {
      expect(mate).toMatchObject({ status: 'completed', failures: 0, crashes: 0 });
    }
    expect(others.some(({ attempt }) => attempt > 1)).toBe(true);
    expect(killer).toMatchObject({ status: 'failed', crashes: 2, failures: 0, error: { name: 'crashed' } });
    expect(dev.stderr.join('\n')).toContain(saying);
  });
});
