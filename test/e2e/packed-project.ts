import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const FILES: Record<string, string> = {
  'package.json': '{ "name": "somebody", "private": true, "type": "module" }',
  'cdk.json': '{ "app": "node --import tsx infrastructure/app.ts" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      strict: true,
      target: 'ES2022',
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      types: ['node'],
      noEmit: true,
      // The declarations of the CDK are large; that ours hold types is what the expected errors below show.
      skipLibCheck: true,
    },
    include: ['infrastructure', 'src'],
  }),
  'infrastructure/app.ts': `
import { App, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints, type AsyncEndpointsProps } from 'async-endpoints/cdk';
import { stackName } from './names.js';

const props: AsyncEndpointsProps = { jobsDirectory: 'src/background', concurrency: 2 };
const app = new App();
const work = new AsyncEndpoints(new Stack(app, stackName), 'Work', props);
export const tableName: string = work.table.tableName;
// @ts-expect-error a table is no text
export const table: string = work.table;
app.synth();
`,
  'infrastructure/names.ts': `export const stackName = 'Somebody';\n`,
  'src/greeting.ts': `export const greet = (name: string): string => \`hello \${name}\`;\n`,
  'src/background/hello/definition.ts': `
import { defineJob, type JobClient } from 'async-endpoints';
import * as z from 'zod/mini';

export const hello = defineJob({ type: 'hello', input: z.object({ name: z.string() }) });
export const submit = (client: JobClient) => client.submit(hello, { name: 'Ada' });
// @ts-expect-error the input of this job type has a name
export const submitWrongly = (client: JobClient) => client.submit(hello, { nam: 'Ada' });
`,
  'src/background/hello/handler.ts': `
import { greet } from '../../greeting.js';
import { hello } from './definition.js';

export const handler = hello.handle(async ({ name }, { logger }) => {
  console.log('plain line about ' + name);
  logger.info('structured line', { name });
  return greet(name);
});
`,
};

/** The job types that come with the package, taken over as the documents say. */
const OWN_JOBS: Readonly<Record<string, string>> = {
  sleep: 'sleep',
  'summarize-csv': 'summarizeCsv',
  'deliver-webhook': 'deliverWebhook',
};
for (const [type, definition] of Object.entries(OWN_JOBS)) {
  const own = `async-endpoints/jobs/${type}`;
  FILES[`src/background/${type}/definition.ts`] = `export { ${definition} } from '${own}/definition';\n`;
  FILES[`src/background/${type}/handler.ts`] = `export { handler } from '${own}/handler';\n`;
}

/** A project that has installed what `npm pack` would publish; everything else it finds in this repository. */
export interface PackedProject {
  readonly directory: string;
  readonly write: (path: string, content: string) => Promise<void>;
  readonly remove: (path?: string) => Promise<void>;
  /** Resolves with what the compiler says, which is nothing when all is well. */
  readonly checkTypes: () => Promise<string>;
  /** What the installed command prints. */
  readonly readVersion: () => Promise<string>;
}

export async function createPackedProject(): Promise<PackedProject> {
  await mkdir(join(ROOT, '.local'), { recursive: true });
  // Inside the repository, so that Node finds the dependencies of the package by looking upwards.
  const directory = await mkdtemp(join(ROOT, '.local', 'packed-'));
  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  };
  for (const [path, content] of Object.entries(FILES)) await write(path, content);
  await install(join(directory, 'node_modules'));
  return {
    directory,
    write,
    remove: (path = '.') => rm(join(directory, path), { recursive: true, force: true }),
    readVersion: async () =>
      (await run('npx', ['--no-install', 'async-endpoints', '--version'], { cwd: directory })).stdout,
    checkTypes: async () => {
      const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
      const args = [compiler, '-p', directory, '--pretty', 'false'];
      return run(process.execPath, args).then(
        () => '',
        (error: { readonly stdout: string }) => error.stdout,
      );
    },
  };
}

/** What npm does with a tarball, without asking a registry for the dependencies. */
async function install(modules: string): Promise<void> {
  await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
  const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
  const target = join(modules, 'async-endpoints');
  for (const { path } of packed?.files ?? []) await cp(join(ROOT, path), join(target, path));
  await mkdir(join(modules, '.bin'));
  await chmod(join(target, 'dist/bin/async-endpoints.js'), 0o755);
  await symlink('../async-endpoints/dist/bin/async-endpoints.js', join(modules, '.bin/async-endpoints'));
}
