import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findJobFolders } from '../../lib/bundle/index.ts';
import { plantProject, ROOT } from './planted-project.ts';

const run = promisify(execFile);

const SOURCES = ['bin', 'lib', 'functions'];
const DOCUMENTS = ['CHANGELOG.md', 'LICENSE', 'README.md'];

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

let project: Awaited<ReturnType<typeof plantProject>>;
/** What `npm pack` would ship. */
let packed: readonly string[];

beforeAll(async () => {
  // As of a checkout that has been worked in: with the output of a source that is gone.
  project = await plantProject({ 'dist/lib/stale.js': '', 'dist/lib/stale.js.map': '' });
  const copied = [...SOURCES, ...DOCUMENTS, 'tsconfig.build.json'];
  await Promise.all(copied.map((path) => cp(join(ROOT, path), join(project.directory, path), { recursive: true })));
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: project.directory });
  const [archive] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
  packed = archive?.files.map(({ path }) => path) ?? [];
});
afterAll(() => project?.remove());

describe('the package', () => {
  test('holds what is built of the sources, and nothing that was left behind by an earlier build', async () => {
    const sourceOf = (path: string): string => path.slice('dist/'.length).replace(/(\.d\.ts|\.js)$/, '.ts');
    const built = packed.filter((path) => path.startsWith('dist/'));
    expect(built).toContain('dist/lib/index.js');
    const { stdout } = await run('find', [...SOURCES, '-name', '*.ts'], { cwd: project.directory });
    expect([...new Set(built.map(sourceOf))].sort()).toEqual(stdout.trim().split('\n').sort());
  });

  test('holds neither caches nor maps to sources that it does not have, and names none', async () => {
    expect([...new Set(packed.map(extname))].sort()).toEqual(['', '.js', '.json', '.md', '.ts']);
    const code = await Promise.all(
      packed.filter((path) => path.endsWith('.js')).map((path) => readFile(join(project.directory, path), 'utf8')),
    );
    expect(code.filter((text) => text.includes('sourceMappingURL'))).toEqual([]);
  });

  test('holds its documents, and nothing else beside what is built', () => {
    expect(packed.filter((path) => !path.startsWith('dist/')).sort()).toEqual([...DOCUMENTS, 'package.json'].sort());
  });

  test('holds every file that its exports and its command name', async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
    const jobs = findJobFolders(join(ROOT, 'functions/jobs')).complete.map(({ name }) => name);
    expect(jobs).toContain('deliver-webhook');
    const named = [
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [target] : Object.values(target),
      ),
    ].map((path) => path.replace(/^\.\//, ''));
    const expanded = named.flatMap((path) => (path.includes('*') ? jobs.map((job) => path.replace('*', job)) : [path]));
    expect(expanded.filter((path) => !packed.includes(path))).toEqual([]);
  });
});
