import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import { readProject, synthesize } from '../../../lib/local/stack/synthesize.ts';

let project: string;
let output: string;
let spawner: ChildSpawner;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'synthesize-'));
  output = join(project, 'assembly');
  spawner = new ChildSpawner();
});

afterEach(async () => {
  await spawner.close();
  await rm(project, { recursive: true, force: true });
});

const write = (configuration: unknown, app = '') =>
  Promise.all([
    writeFile(join(project, 'cdk.json'), JSON.stringify(configuration)),
    writeFile(join(project, 'app.mjs'), app),
  ]);

const run = async (signal: AbortSignal = new AbortController().signal) =>
  synthesize({
    project: await readProject(project),
    output,
    region: 'us-east-1',
    accountId: '000000000000',
    environment: { PATH: process.env['PATH'], OF_THE_USER: 'yes', UNSET: undefined },
    spawner,
    signal,
  });

const APP = `node app.mjs`;

describe('synthesizing', () => {
  it('runs the app of the project as the CDK would, and tells it that it is local', async () => {
    await write(
      { app: APP, context: { flag: 1 } },
      `import { mkdirSync, writeFileSync } from 'node:fs';
       const { CDK_OUTDIR, CDK_CONTEXT_JSON, CDK_DEFAULT_REGION, CDK_DEFAULT_ACCOUNT, OF_THE_USER } = process.env;
       mkdirSync(CDK_OUTDIR);
       writeFileSync(CDK_OUTDIR + '/seen.json', JSON.stringify({
         context: JSON.parse(CDK_CONTEXT_JSON), CDK_DEFAULT_REGION, CDK_DEFAULT_ACCOUNT, OF_THE_USER, cwd: process.cwd(),
       }));`,
    );

    await run();

    expect(JSON.parse(await readFile(join(output, 'seen.json'), 'utf8'))).toEqual({
      context: { flag: 1, 'async-endpoints:local': true },
      CDK_DEFAULT_REGION: 'us-east-1',
      CDK_DEFAULT_ACCOUNT: '000000000000',
      OF_THE_USER: 'yes',
      cwd: project,
    });
  });

  it('leaves nothing of an earlier run', async () => {
    await mkdir(output);
    await writeFile(join(output, 'old.json'), '');
    await write({ app: APP });

    await run();

    await expect(readFile(join(output, 'old.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('fails with the words of an app that fails', async () => {
    await write({ app: APP }, `console.error('concurrency must be 2 to 1000'); process.exit(1);`);

    await expect(run()).rejects.toMatchObject({
      code: 'synthesis-failed',
      message: expect.stringContaining('concurrency must be 2 to 1000'),
    });
  });

  it('fails outside a project, and says where to go', async () => {
    await expect(run()).rejects.toMatchObject({
      code: 'app-unknown',
      message: expect.stringMatching(/cdk\.json, which does not exist.*directory of a CDK project/),
    });
  });

  it.each([{}, { app: 7 }, null])('fails on a project without an app: %j', async (configuration) => {
    await write(configuration);

    await expect(run()).rejects.toMatchObject({ code: 'app-unknown', message: expect.stringContaining('"app"') });
  });

  it('fails when it is called off, and the app ends', async () => {
    const calledOff = new AbortController();
    await write(
      { app: APP },
      `import { writeFileSync } from 'node:fs'; writeFileSync('started', ''); setInterval(() => {}, 1000);`,
    );
    const running = run(calledOff.signal);
    const outcome = expect(running).rejects.toMatchObject({ code: 'aborted' });
    await vi.waitFor(() => readFile(join(project, 'started')), { timeout: 10_000 });

    calledOff.abort();

    await outcome;
  });
});
