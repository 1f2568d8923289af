import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BundleOrigin } from '../../../lib/bundle/index.ts';
import { describeRefusals } from '../../../lib/local/reload/describe-refusals.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'refusals-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const originIn = (projectDirectory: string): BundleOrigin => ({
  name: 'consumer',
  sources: {
    library: join(projectDirectory, 'library/index.ts'),
    jobs: join(projectDirectory, 'library/jobs'),
    credentials: join(projectDirectory, 'functions/credentials.ts'),
    functions: {
      api: join(projectDirectory, 'functions/api/index.ts'),
      producer: join(projectDirectory, 'functions/producer/index.ts'),
      consumer: join(projectDirectory, 'functions/consumer/index.ts'),
    },
  },
  jobsDirectory: join(projectDirectory, 'jobs'),
  projectDirectory,
});

/** A bundle as `lib/bundle` makes it, and a trace that goes through the line of each file that holds `throw`. */
async function createBundle(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  const { outputFiles } = await build({
    entryPoints: Object.keys(files).slice(0, 1),
    absWorkingDir: directory,
    outfile: 'index.js',
    write: false,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
  });
  const code = outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? '';
  await mkdir(join(directory, 'code'));
  for (const { path, contents } of outputFiles)
    await writeFile(join(directory, 'code', path.slice(directory.length)), contents);
  return [...code.matchAll(/throw/g)].map(({ index }) => {
    const before = code.slice(0, index).split('\n');
    return `    at Object.<anonymous> (${directory}/code/index.js:${before.length}:${(before.at(-1)?.length ?? 0) + 1})`;
  });
}

const refusalOf = (trace: readonly string[], errorType = 'Error') => ({
  kind: 'refused' as const,
  codeDirectory: join(directory, 'code'),
  errorType,
  errorMessage: 'no settings',
  trace: ['Error: no settings', ...trace],
});

const describe = (labels: readonly string[], refusal: ReturnType<typeof refusalOf>): Promise<string> =>
  describeRefusals(
    labels.map((label) => ({ label, origin: originIn(directory), refusal })),
    { colors: false },
  );

it('shows the place in the sources, once for all functions that say the same', async () => {
  const trace = await createBundle({
    'jobs/hello/handler.ts': "import '../../src/settings.ts';\nconsole.log(1);\n",
    'src/settings.ts': "const name: string = '';\n\nif (name === '') throw new Error('no settings');\n",
  });
  expect(trace).toHaveLength(1);
  const text = await describe(['producer', 'consumer'], refusalOf(trace));
  expect(text).toContain('producer, consumer: no settings');
  expect(text).toContain("src/settings.ts:3:17:\n      3 │ if (name === '') throw new Error('no settings');");
});

it('passes over this library and packages to whoever called them', async () => {
  const trace = await createBundle({
    'jobs/hello/handler.ts': "import '../../library/check.ts';\nconsole.log(1);\nif (globalThis.a) throw 1;\n",
    'library/check.ts': 'if (globalThis.b) throw 2;\n',
  });
  expect(trace).toHaveLength(2);
  expect(await describe(['api'], refusalOf(trace))).toContain('jobs/hello/handler.ts:3:');
});

it('fails to name a place where there is none, and says the rest', async () => {
  const text = await describe(['api'], refusalOf([], 'Runtime.ExitError'));
  expect(text).toMatch(/^✘ \[ERROR\] api: Runtime\.ExitError: no settings$/);
});
