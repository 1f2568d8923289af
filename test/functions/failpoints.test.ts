import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readFailpoints } from '../../functions/config.ts';
import { type ArmedFailpoint, createFailpoints, FAILPOINTS } from '../../functions/failpoints.ts';
import { ENV, InvalidDefinitionError, type JobQueue, type JobStore } from '../../lib/core/index.ts';

const LOCAL = 'http://127.0.0.1:4102';
const ARMED: ArmedFailpoint = { at: 'producer.afterWrite', signal: 'SIGKILL', hit: 1, record: '/data/hits' };

const armed = (fields: Readonly<Record<string, unknown>>): string => JSON.stringify([{ ...ARMED, ...fields }]);

/** A store and a queue that do as they are told, and failpoints that say what they would have sent. */
function setup(role: 'submit' | 'producer' | 'consumer', armed: Omit<ArmedFailpoint, 'record'>) {
  const directory = mkdtempSync(join(tmpdir(), 'failpoints-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const signals: string[] = [];
  const entry = { ...armed, record: join(directory, 'hits') };
  const arm = () => createFailpoints(role, [entry], (signal) => signals.push(signal));
  const ports = {
    store: {
      write: async (changes: readonly { readonly id: string }[]) =>
        changes.map(({ id }) => ({ kind: id === 'refused' ? 'refused' : 'accepted' })),
    } as unknown as JobStore,
    queue: { send: async () => [{ kind: 'sent' }] } as unknown as JobQueue,
  };
  const write = (from: typeof ports, ...ids: readonly string[]) =>
    from.store.write(ids.map((id) => ({ id })) as unknown as Parameters<JobStore['write']>[0]);
  return { directory, signals, arm, ports, write };
}

describe('a failpoint', () => {
  it('is named once, by who is hit and when', () => {
    expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length);
  });

  it('signals at its n-th hit and never again, counted over the processes that hit it', async () => {
    const { signals, arm, ports, write, directory } = setup('producer', { ...ARMED, hit: 2 });
    await write(arm().inPorts(ports), 'a', 'refused');
    expect(signals).toEqual([]);
    await write(arm().inPorts(ports), 'b');
    expect(signals).toEqual(['SIGKILL']);
    await write(arm().inPorts(ports), 'c');
    expect(signals).toEqual(['SIGKILL']);
    expect(readdirSync(directory)).toEqual(['hits.1', 'hits.2', 'hits.3']);
    expect(readFileSync(join(directory, 'hits.2'), 'utf8')).toBe(String(process.pid));
  });

  it('counts hits about its jobs only', async () => {
    const { signals, arm, ports, write } = setup('producer', { ...ARMED, signal: 'SIGSTOP', jobs: ['b'] });
    await write(arm().inPorts(ports), 'a', 'c');
    expect(signals).toEqual([]);
    await write(arm().inPorts(ports), 'a', 'b');
    expect(signals).toEqual(['SIGSTOP']);
  });

  it('signals once however many of its jobs a hit is about, and counts each', async () => {
    const { signals, arm, ports, write, directory } = setup('producer', { ...ARMED, hit: 2 });
    await write(arm().inPorts(ports), 'a', 'b', 'c');
    expect(signals).toEqual(['SIGKILL']);
    expect(readdirSync(directory)).toEqual(['hits.1', 'hits.2', 'hits.3']);
  });

  it('is hit by a handler that throws, and by an answer', async () => {
    const handlers = setup('consumer', { ...ARMED, at: 'consumer.afterHandler' });
    const run = () => Promise.reject(new Error('no luck'));
    const wrapped = handlers.arm().inHandlers(new Map([['a', { kind: 'job-handler', run } as never]]));
    await expect(wrapped.get('a')?.run({}, { jobId: 'job' } as never)).rejects.toThrow('no luck');
    expect(handlers.signals).toEqual(['SIGKILL']);

    const answers = setup('submit', { ...ARMED, at: 'submit.beforeAnswer', jobs: ['job'] });
    const answer = answers.arm().beforeAnswer(
      async (id: string) => id,
      (id) => [id],
    );
    expect(await answer('other')).toBe('other');
    expect(answers.signals).toEqual([]);
    expect(await answer('job')).toBe('job');
    expect(answers.signals).toEqual(['SIGKILL']);
  });

  it('changes nothing in a function where none is armed', () => {
    const { ports } = setup('producer', ARMED);
    const failpoints = createFailpoints('consumer', [ARMED]);
    const handler = async () => {};
    const handlers = new Map();
    expect(failpoints.inPorts(ports)).toBe(ports);
    expect(failpoints.inHandlers(handlers)).toBe(handlers);
    expect(failpoints.beforeAnswer(handler, () => [])).toBe(handler);
  });
});

describe('arming a failpoint', () => {
  const armedAt = (endpoint: string | undefined) =>
    readFailpoints({ [ENV.failpoints]: JSON.stringify([ARMED]), AWS_ENDPOINT_URL_DYNAMODB: endpoint });

  it('works where the table is on this machine', () => {
    expect(armedAt(LOCAL)).toEqual([ARMED]);
    expect(readFailpoints({ AWS_ENDPOINT_URL_DYNAMODB: LOCAL })).toEqual([]);
  });

  it.each([
    undefined,
    '',
    'https://dynamodb.us-east-1.amazonaws.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com:4102',
    'http://example.com/127.0.0.1',
  ])('does nothing where the table is at %s', (endpoint) => {
    expect(armedAt(endpoint)).toEqual([]);
  });

  it('does nothing in Lambda, wherever its table is said to be', () => {
    const environment = { [ENV.failpoints]: JSON.stringify([ARMED]), AWS_ENDPOINT_URL_DYNAMODB: LOCAL };
    expect(readFailpoints({ ...environment, LAMBDA_TASK_ROOT: '/var/task' })).toEqual([]);
    expect(readFailpoints({ ...environment, LAMBDA_TASK_ROOT: '/home/me/app' })).toEqual([ARMED]);
  });

  it.each([
    ['{', /: expected JSON, got "\{"\.$/],
    ['{}', /: expected a list of one failpoint or more, got an object\.$/],
    ['[]', /: expected a list of one failpoint or more, got a list\.$/],
    ['[null]', /\[0\] cannot be used: expected an object, got null\.$/],
    [JSON.stringify([ARMED, [ARMED]]), /\[1\] cannot be used: expected an object, got a list\.$/],
    [
      armed({ at: 'producer.afterLunch' }),
      /\[0\]\.at cannot be used: expected one of submit\.afterPut, .*, got "producer/,
    ],
    [armed({ signal: 'SIGTERM' }), /\.signal cannot be used: expected "SIGKILL" or "SIGSTOP", got "SIGTERM"\.$/],
    [armed({ hit: 0 }), /\.hit cannot be used: expected a whole number from 1, got 0\.$/],
    [armed({ hit: 1.5 }), /\.hit cannot be used: .*, got 1\.5\.$/],
    [armed({ hit: '1' }), /\.hit cannot be used: .*, got "1"\.$/],
    [armed({ hit: undefined }), /\.hit cannot be used: .*, got undefined\.$/],
    [armed({ jobs: [] }), /\.jobs cannot be used: expected a list of one job id or more, or nothing, got a list\.$/],
    [armed({ jobs: 'job' }), /\.jobs cannot be used: .*, got "job"\.$/],
    [armed({ record: undefined }), /\.record cannot be used: expected an absolute path, got undefined\.$/],
    [armed({ record: 'hits' }), /\.record cannot be used: .*, got "hits"\.$/],
    [armed({ hits: 2 }), /\.hits cannot be used: expected no field but at, signal, hit, jobs, record, got 2\.$/],
  ])('fails for what arms nothing that exists: %s', (text, message) => {
    const read = () => readFailpoints({ [ENV.failpoints]: text, AWS_ENDPOINT_URL_DYNAMODB: LOCAL });
    expect(read).toThrow(InvalidDefinitionError);
    expect(read).toThrow(message);
  });
});
