import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngineClient } from '../../../lib/local/engines/engine-client.ts';
import { readProcess } from '../../../lib/local/processes/index.ts';
import { listDescendants } from './descendants.ts';
import { type DevProcess, expectAllGone, killAll, startDev } from './dev-process.ts';
import { createToyProject, type ToyProject } from './toy-project.ts';

let project: ToyProject;

beforeEach(async () => {
  project = await createToyProject();
});

afterEach(async () => {
  killAll();
  await project.remove();
});

const start = (options: { readonly args?: readonly string[]; readonly npmScript?: string } = {}) =>
  startDev({ directory: project.directory, temporary: project.temporary, ...options });

async function send({ ready }: DevProcess, body: string): Promise<void> {
  const sqs = new SQSClient({
    region: ready.region,
    endpoint: ready.sqs,
    credentials: { accessKeyId: ready.accessKeyId, secretAccessKey: ready.secretAccessKey },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl: ready.queueUrl, MessageBody: body }));
  sqs.destroy();
}

const untilNoted = (note: string): Promise<void> =>
  vi.waitFor(async () => expect(await project.readNotes()).toContain(note), { timeout: 15_000 });

/** A stack whose consumer is in the middle of a message of the given kind. */
async function startBusy(kind: string, npmScript?: string): Promise<DevProcess> {
  const dev = await start(npmScript === undefined ? {} : { npmScript });
  await send(dev, kind);
  await untilNoted(`${kind} started`);
  return { ...dev, pids: [dev.runtimePid, ...listDescendants(dev.runtimePid)] };
}

describe('a running stack', () => {
  it('says where it is in one line, and works', async () => {
    const dev = await start({ args: ['--data', 'data'] });
    const { ready } = dev;

    expect(Object.keys(ready)).toEqual([
      'ready',
      'api',
      'dynamodb',
      'sqs',
      's3',
      'region',
      'accessKeyId',
      'secretAccessKey',
      'tableName',
      'queueUrl',
      'deadLetterQueueUrl',
    ]);
    expect(ready.queueUrl).toMatch(new RegExp(`^${ready.sqs}/000000000000/`));
    expect(ready.deadLetterQueueUrl).toMatch(new RegExp(`^${ready.sqs}/000000000000/`));
    const file = await readFile(join(project.directory, 'data', 'env'), 'utf8');
    expect(file).toContain(`export ASYNC_ENDPOINTS_QUEUE_URL=${ready.queueUrl}\n`);
    await untilNoted('tick');
    await send(dev, 'hello');
    await untilNoted('hello ended');
    const answer = (await (await fetch(`${ready.api}/hello`)).json()) as {
      readonly path: string;
      readonly environment: Readonly<Record<string, string>>;
    };
    expect(answer).toMatchObject({
      path: '/hello',
      environment: {
        QUEUE: ready.queueUrl,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIALOCAL/),
        AWS_SESSION_TOKEN: expect.stringContaining('local-'),
        AWS_ENDPOINT_URL_DYNAMODB: ready.dynamodb,
        AWS_ENDPOINT_URL_SQS: ready.sqs,
        AWS_ENDPOINT_URL_S3: ready.s3,
      },
    });
    expect(dev.stdout).toHaveLength(1);
    expect(dev.stderr.join('\n')).not.toMatch(/warning/i);
  });

  it('keeps its table over a kill, and starts again at once', async () => {
    const put = (endpoint: string, action: string, input: object) =>
      createEngineClient({ endpoint, targetPrefix: 'DynamoDB_20120810' })(action, input);
    const first = await start({ args: ['--data', 'data'] });
    const { tableName } = first.ready;
    await put(first.ready.dynamodb, 'PutItem', { TableName: tableName, Item: { id: { S: 'kept' } } });
    first.child.kill('SIGKILL');

    const second = await start({ args: ['--data', 'data'] });

    expect(await put(second.ready.dynamodb, 'GetItem', { TableName: tableName, Key: { id: { S: 'kept' } } })).toEqual({
      Item: { id: { S: 'kept' } },
    });
    await expectAllGone(first.pids, 2_000);
  });

  it('leaves no trace of a stack that keeps nothing', async () => {
    const dev = await start();
    const path = await vi.waitFor(() => {
      const [, found] = /environment of clients is in ([^\s"]+)/.exec(dev.stderr.join('\n')) ?? [];
      expect(found).toBeDefined();
      return String(found);
    });
    expect(existsSync(path)).toBe(true);

    dev.child.kill('SIGTERM');

    expect(await dev.exited).toEqual({ code: 0, signal: null });
    expect(existsSync(dirname(path))).toBe(false);
    expect(existsSync(join(project.directory, '.local'))).toBe(false);
  });

  it('fails to start twice on the same data, and says what to do', async () => {
    await start({ args: ['--data', 'data'] });

    await expect(start({ args: ['--data', 'data'] })).rejects.toThrow(
      /"code":1.*data is in use by another stack \(process \d+\).*--data DIR/s,
    );
  });

  it('fails on a port in use, and says which and what to do', async () => {
    const { ready } = await start();
    const sqsPort = Number(new URL(ready.sqs).port);

    await expect(
      startDev({ directory: project.directory, args: ['--memory', '--port', String(sqsPort)] }),
    ).rejects.toThrow(new RegExp(`"code":1.*Port ${sqsPort} \\(HTTP API\\) is in use.*--port 0`, 's'));
  });
});

describe('a stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s tells handlers, lets them end and leaves no process',
    async (signal) => {
      const dev = await startBusy('obedient');

      dev.child.kill(signal);

      expect(await dev.exited).toEqual({ code: 0, signal: null });
      expect(await project.readNotes()).toContain('obedient ended');
      await expectAllGone(dev.pids, 2_000);
    },
  );

  it('by SIGTERM to npm does the same', async () => {
    const dev = await startBusy('obedient', 'start');

    dev.child.kill('SIGTERM');

    await dev.exited;
    await expectAllGone(dev.pids, 5_000);
    expect(await project.readNotes()).toContain('obedient ended');
  });

  it('that is asked for again leaves nobody any time', async () => {
    const dev = await startBusy('deaf');
    dev.child.kill('SIGINT');
    await untilNoted('told to stop');
    // A repetition within half a second would be the same wish.
    await new Promise((resolve) => setTimeout(resolve, 550));
    const askedAgainAt = Date.now();

    dev.child.kill('SIGINT');

    await dev.exited;
    expect(Date.now() - askedAgainAt).toBeLessThan(2_000);
    await expectAllGone(dev.pids, 2_000);
  });
});

describe('the end of everything within two seconds, a handler in an endless loop included', () => {
  it('when the runtime is killed', async () => {
    const dev = await startBusy('looping');

    dev.child.kill('SIGKILL');

    await expectAllGone(dev.pids, 2_000);
  });

  it.each(['start', 'plain'])('when npm is killed, which has run the script "%s"', async (npmScript) => {
    const dev = await startBusy('looping', npmScript);

    dev.child.kill('SIGKILL');

    await expectAllGone(dev.pids, 2_000);
  });
});

describe('an engine that is killed', () => {
  it('comes back, and work goes on', async () => {
    const dev = await start();
    const engines = dev.pids.filter((pid) => readProcess(pid)?.command.includes('lib/local/engines/'));
    expect(engines).toHaveLength(2);
    for (const pid of engines) {
      process.kill(pid, 'SIGKILL');
    }
    await expectAllGone(engines, 1_000);

    await vi.waitFor(() => send(dev, 'after'), { timeout: 10_000 });

    await untilNoted('after ended');
  });

  it('fails the stack when it never stays, and says so', async () => {
    const dev = await start();
    const findEngine = () =>
      listDescendants(dev.runtimePid).find((pid) => /sqs-s3-process/.test(readProcess(pid)?.command ?? ''));
    let killed: number | undefined;
    while (dev.child.exitCode === null) {
      const engine = findEngine();
      if (engine !== undefined && engine !== killed) {
        process.kill(engine, 'SIGKILL');
        killed = engine;
      }
      await setImmediate();
    }

    expect(await dev.exited).toEqual({ code: 1, signal: null });
    expect(dev.stderr.join('\n')).toContain('SQS and S3 engine: it ended 5 times in a row');
    await expectAllGone(dev.pids, 2_000);
  });
});
