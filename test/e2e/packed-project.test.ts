import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevProcess, killAll, startDev } from '../local/stack/dev-process.ts';
import { connectTo, type LocalClients } from './local-clients.ts';
import { createPackedProject, type PackedProject } from './packed-project.ts';

let project: PackedProject;
let dev: DevProcess;
let clients: LocalClients;

beforeAll(async () => {
  project = await createPackedProject();
  dev = await startDev({ directory: project.directory, command: ['npx', '--no-install', 'async-endpoints', 'dev'] });
  clients = connectTo(dev.ready);
});

afterAll(async () => {
  clients?.close();
  if (dev !== undefined) {
    // Not killed: a type check would outlive that by a moment, and write into the project while it is removed.
    process.kill(dev.runtimePid, 'SIGTERM');
    await dev.exited;
  }
  killAll();
  await project?.remove();
});

interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly source: string;
  readonly message: string;
  readonly jobId?: string;
}

/** What npm itself has to say comes before anything of ours. */
const lines = (): readonly LogLine[] =>
  dev.stderr.map((line) =>
    line.startsWith('npm warn') ? ({ message: line } as LogLine) : (JSON.parse(line) as LogLine),
  );

const PATIENT = { timeout: 30_000, interval: 50 };

/** Resolves with the first line from here on that says so. */
const untilSaid = (pattern: RegExp, since: number): Promise<LogLine> =>
  vi.waitFor(() => {
    const said = lines()
      .slice(since)
      .find(({ message }) => pattern.test(message));
    if (said === undefined) throw new Error(`nobody said ${pattern}: ${dev.stderr.slice(since).join('\n')}`);
    return said;
  }, PATIENT);

const runJob = async (type: string, input: unknown): Promise<unknown> => {
  const { id } = await clients.submit(type, input);
  return clients.waitFor(id);
};

const greeting = (name: string, text: string) => ({
  path: 'src/greeting.ts',
  content: `export const greet = (name: string): string => \`${text} \${name}\`;\n// ${name}\n`,
});

const HANDLER = 'src/background/hello/handler.ts';

const handlerWith = (body: string): string => `
import { hello } from './definition.js';

export const handler = hello.handle(async ({ name }) => ${body});
`;

const untilAnswers = (text: string): Promise<void> =>
  vi.waitFor(async () => expect(await runJob('hello', { name: 'Ada' })).toMatchObject({ result: text }), PATIENT);

describe('a project that has installed the package', () => {
  it('compiles its types under NodeNext', async () => {
    expect(await project.checkTypes()).toBe('');
  });

  it('tells the version of the package', async () => {
    expect(await project.readVersion()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('runs with npx, and its jobs run', async () => {
    expect(await runJob('hello', { name: 'Ada' })).toMatchObject({ status: 'completed', result: 'hello Ada' });
  });

  it('has the job types that come with the package, in two lines each', async () => {
    expect(await runJob('sleep', { seconds: 0 })).toMatchObject({ status: 'completed', result: { slept: 0 } });
    expect(await runJob('summarize-csv', { csv: 'a\n1\n' })).toMatchObject({ result: { rows: 1 } });
    expect(await runJob('deliver-webhook', { url: 'https://example.com', body: 1 })).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('webhooks.allowedHosts') },
    });
  });

  it('has every log line as one JSON object, those of handlers with their function and job', async () => {
    const since = dev.stderr.length;
    const { id } = await clients.submit('hello', { name: 'Grace' });
    await clients.waitFor(id);

    expect(await untilSaid(/^plain line about Grace$/, since)).toMatchObject({ source: 'consumer', level: 'info' });
    expect(await untilSaid(/^structured line$/, since)).toMatchObject({ source: 'consumer', jobId: id, name: 'Grace' });
    expect(await untilSaid(/^job completed$/, since)).toMatchObject({ source: 'consumer', jobId: id });
  });
});

describe('an edited file', () => {
  it('is what new invocations run, wherever the project keeps it', async () => {
    const since = dev.stderr.length;
    const edited = greeting('once', 'good morning');
    const editedAt = Date.now();
    await project.write(edited.path, edited.content);
    await untilAnswers('good morning Ada');

    const { message } = await untilSaid(/new code/, since);
    expect(message).toMatch(/^new code for consumer after \d+ ms \(src\/greeting\.ts\)$/);
    console.info(`from a saved file to its first result: ${Date.now() - editedAt} ms`);
  });

  it('with a syntax error is shown in place, and the code before goes on running', async () => {
    const since = dev.stderr.length;
    await project.write(HANDLER, handlerWith('name.('));

    const { message, level } = await untilSaid(/does not build/, since);
    expect(level).toBe('error');
    expect(message).toMatch(/src\/background\/hello\/handler\.ts:4:\d+/);
    expect(message).toContain('│ export const handler');
    expect(await runJob('hello', { name: 'Ada' })).toMatchObject({ result: 'good morning Ada' });
  });

  it('that builds and fails at load is shown in place, and the code before goes on running', async () => {
    const since = dev.stderr.length;
    await project.write(
      HANDLER,
      `const settings: { name?: { length: number } } = {};\n${handlerWith('settings.name!.length')}
settings.name!.length;\n`,
    );

    const { message, level } = await untilSaid(/does not load/, since);
    expect(level).toBe('error');
    expect(message).toMatch(/consumer: TypeError: Cannot read properties of undefined \(reading 'length'\)/);
    expect(message).toMatch(/src\/background\/hello\/handler\.ts:7:\d+/);
    expect(message).not.toContain('node_modules');
    expect(await runJob('hello', { name: 'Ada' })).toMatchObject({ result: 'good morning Ada' });
  });

  it('that exports no handler is named by its folder, and the code before goes on running', async () => {
    const since = dev.stderr.length;
    await project.write(HANDLER, 'export const handel = 1;\n');

    const { message } = await untilSaid(/does not load/, since);
    expect(message).toMatch(/consumer: The job folder "hello" exports handel: expected a job handler/);
    expect(await runJob('hello', { name: 'Ada' })).toMatchObject({ result: 'good morning Ada' });
    await expect(startDev({ directory: project.directory })).rejects.toThrow(
      /"code":1.*Nothing was started.*consumer: The job folder \\"hello\\" exports handel: expected a job handler/s,
    );
  });

  it('that gives two folders one type is named by both', async () => {
    const since = dev.stderr.length;
    const definition = `import { defineJob } from 'async-endpoints';\nimport * as z from 'zod/mini';\n\nexport const other = defineJob({ type: 'hello', input: z.number() });\n`;
    await project.write('src/background/other/definition.ts', definition);
    await project.write('src/background/other/handler.ts', "export { handler } from '../hello/handler.js';\n");
    await project.write(HANDLER, handlerWith('name'));

    const { message } = await untilSaid(/"hello" and "other" define the type "hello"/, since);
    expect(message).toMatch(/producer, consumer, api: The job folders/);
    await project.remove('src/background/other');
    await untilSaid(/new code for consumer/, since);
  });

  it('with a type error is shown in place, and the code before goes on running', async () => {
    expect(await runJob('hello', { name: 'Ada' })).toMatchObject({ result: 'Ada' });
    const since = dev.stderr.length;
    await project.write(HANDLER, handlerWith('name.length as string'));

    const { message, level } = await untilSaid(/types do not fit/, since);
    expect(level).toBe('error');
    expect(message).toMatch(/src\/background\/hello\/handler\.ts:4:\d+ - error TS\d+/);
    expect(await runJob('hello', { name: 'Ada' })).toMatchObject({ result: 'Ada' });

    await project.write(HANDLER, handlerWith("name + '!'"));
    await untilSaid(/types fit again/, since);
    await untilAnswers('Ada!');
  });

  it('that comes with a new job folder adds the job type, and a removed folder takes it away', async () => {
    const job = 'src/background/twice';
    await project.write(
      `${job}/definition.ts`,
      `import { defineJob } from 'async-endpoints';\nimport * as z from 'zod/mini';\nexport const twice = defineJob({ type: 'twice', input: z.number() });\n`,
    );
    await project.write(
      `${job}/handler.ts`,
      `import { twice } from './definition.js';\nexport const handler = twice.handle(async (value) => 2 * value);\n`,
    );
    await vi.waitFor(async () => expect(await runJob('twice', 21)).toMatchObject({ result: 42 }), PATIENT);

    await project.remove(job);
    await vi.waitFor(async () => await expect(clients.submit('twice', 21)).rejects.toThrow(/no job type/), PATIENT);
  });

  it('of a definition is what the producer runs at once, not after its tick', async () => {
    const since = dev.stderr.length;
    await project.write(
      'src/background/hello/definition.ts',
      `import { defineJob } from 'async-endpoints';\nimport * as z from 'zod/mini';\n\nexport const hello = defineJob({ type: 'hello', input: z.object({ name: z.string() }), retry: { maxAttempts: 7 } });\n`,
    );
    await untilSaid(/new code for producer, consumer, api/, since);
    const savedAt = Date.now();
    await vi.waitFor(async () => {
      const id = `raw-${Date.now()}`;
      await clients.putRaw(id, 'hello', '{"name":"Ada"}');
      expect(await clients.waitFor(id)).toMatchObject({ maxAttempts: 7 });
    }, PATIENT);
    console.info(`from new code to the first job that the producer dispatches by it: ${Date.now() - savedAt} ms`);
  });

  it('of the CDK app is told to need a restart', async () => {
    const since = dev.stderr.length;
    await project.write('infrastructure/names.ts', `export const stackName = 'Other';\n`);

    const { message, level } = await untilSaid(/part of the CDK app/, since);
    expect(level).toBe('warn');
    expect(message).toMatch(/^infrastructure\/names\.ts: .*stop and start again/);
  });
});
