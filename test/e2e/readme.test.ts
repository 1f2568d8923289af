import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevProcess, killAll, startDev } from '../local/stack/dev-process.ts';
import { connectTo, type LocalClients } from './local-clients.ts';
import { readBlocks } from './readme-blocks.ts';

/**
 * Follows the README: its blocks run as they stand, in a project made of nothing but its own files, except that the ports are
 * free ones and the data lies elsewhere.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = readBlocks(readFileSync(join(root, 'README.md'), 'utf8'));
const run = promisify(execFile);

let project: string;
let dev: DevProcess;
let clients: LocalClients;

const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`\n  SKIPPED: "${command}" is not installed, so the README's blocks that use it were not run.\n`);
    return false;
  }
};
const hasBash = has('bash', '--version');
const hasCurl = hasBash && has('curl', '--aws-sigv4', 'aws:amz:us-east-1:execute-api', '--version');
const hasAws = hasBash && has('aws', '--version');

/** The shell block that contains a text. */
const shellBlock = (text: string): string =>
  blocks.shell.find((block) => block.includes(text)) ?? `echo no block has ${text}`;

async function runShell(block: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const script = block
    .replaceAll('http://127.0.0.1:4100', dev.ready.api)
    .replaceAll('.local/env', join(project, 'data', 'env'));
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: project,
    env: { ...process.env, ...environment },
  });
  return stdout;
}

beforeAll(async () => {
  // Below the checkout, so that its packages and its own name resolve.
  project = mkdtempSync(join(root, 'test', 'e2e', 'readme-project-'));
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  };
  for (const [path, content] of blocks.files) {
    write(path, content);
  }
  write('cdk.json', JSON.stringify({ app: 'node --import tsx bin/my-app.ts' }));
  cpSync(join(root, 'docs', 'orders.csv'), join(project, 'docs', 'orders.csv'), { recursive: true });
  for (const job of ['summarize-csv', 'sleep']) {
    symlinkSync(join(root, 'functions', 'jobs', job), join(project, 'functions', 'jobs', job));
  }
  dev = await startDev({ directory: project, args: ['--data', 'data'] });
  clients = connectTo(dev.ready);
});

afterAll(async () => {
  clients?.close();
  dev?.child.kill('SIGTERM');
  await dev?.exited;
  killAll();
  rmSync(project, { recursive: true, force: true });
});

describe('the README', () => {
  it('names files that exist in it, and commands that exist in the package', () => {
    expect([...blocks.files.keys()].sort()).toEqual([
      'bin/my-app.ts',
      'functions/jobs/greet/definition.ts',
      'functions/jobs/greet/handler.ts',
      'submit.ts',
    ]);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const npmCommands = blocks.shell.join('\n').matchAll(/^npm (?:run )?([\w:]+)$/gm);
    const missing = [...npmCommands]
      .map(([, name]) => String(name))
      .filter((name) => name !== 'ci' && scripts[name] === undefined);
    expect(missing).toEqual([]);
    const links = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g);
    for (const [, path] of links) {
      expect(() => readFileSync(join(root, String(path)))).not.toThrow();
    }
  });

  it.skipIf(!hasCurl)('submits a first job with curl, and answers its summary', async () => {
    const job = JSON.parse(await runShell(shellBlock('docs/orders.csv'))) as { id: string };
    expect(job).toMatchObject({ status: 'completed', result: { rows: 5 } });

    const again = JSON.parse(await runShell(shellBlock('$JOB_ID'), { JOB_ID: job.id })) as object;
    expect(again).toEqual(job);
  });

  it.skipIf(!hasBash)('submits a first job with the SDK', async () => {
    const output = await runShell(shellBlock('submit.ts'));
    expect(output).toContain('completed {"rows":2');
  });

  it('shows a job type of one’s own that runs', async () => {
    const { id } = await clients.submit('greet', { name: 'Ada' });
    expect(await clients.waitFor(id)).toMatchObject({ status: 'completed', result: 'Hello, Ada!' });
  });

  it.skipIf(!hasAws)('puts a job into the table with the AWS CLI, which the producer finds', async () => {
    await runShell(shellBlock('put-item'));
    expect(await clients.waitFor('order-1001')).toMatchObject({ status: 'completed', result: { slept: 0.1 } });
  });
});
