import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bundle, buildBundle } from '../../lib/bundle/build-bundle.ts';
import { BundleError } from '../../lib/bundle/errors.ts';
import { findJobFolders } from '../../lib/bundle/job-folders.ts';
import type { FunctionName, PackageSources } from '../../lib/bundle/package-sources.ts';
import { createProject, jobFiles } from '../cdk/job-project.ts';

/** A factory that hands out what it was given, and the library's marker to see whose copy it has. */
const FUNCTION = `
import { marker } from '../library.ts';
export const createHandler = (jobs: Record<string, object>) => () => ({ folders: Object.keys(jobs), modules: Object.values(jobs), marker });
`;

const FILES = {
  'package/library.ts': `export const marker = Symbol('library');
export class QuotaExceeded extends Error { constructor() { super('no quota'); this.name = new.target.name; } }`,
  'package/api/index.ts': FUNCTION,
  'package/producer/index.ts': FUNCTION,
  'package/consumer/index.ts': FUNCTION,
  // Without it esbuild asks the directories above, which may belong to anybody, whether this is CommonJS.
  'node_modules/heavy-parser/package.json': '{}',
  'node_modules/heavy-parser/index.js': 'module.exports = { parse: (text) => text.split(",") };',
  'jobs/count/definition.ts': `import { marker } from 'async-endpoints'; export const definition = { type: 'count', marker };`,
  'jobs/count/handler.ts': `import { parse } from 'heavy-parser'; import { QuotaExceeded } from 'async-endpoints';
export const handler = { run: (text: string) => parse(text).length, refuse: () => { throw new QuotaExceeded(); } };`,
  ...jobFiles('beta'),
};

function setup(files: Readonly<Record<string, string>> = {}) {
  const project = createProject({ ...FILES, ...files });
  const sources: PackageSources = {
    library: join(project, 'package/library.ts'),
    jobs: join(project, 'package/jobs'),
    credentials: join(project, 'package/credentials.ts'),
    functions: {
      api: join(project, 'package/api/index.ts'),
      producer: join(project, 'package/producer/index.ts'),
      consumer: join(project, 'package/consumer/index.ts'),
    },
  };
  const { complete } = findJobFolders(join(project, 'jobs'));
  const bundle = (name: FunctionName) => buildBundle({ name, sources, jobs: complete, projectDirectory: project });
  return { project, bundle };
}

const textOf = (bundle: Bundle, file: string): string => new TextDecoder().decode(bundle.files.get(file));

const inputsOf = (bundle: Bundle): readonly string[] => Object.keys(bundle.metafile.inputs).sort();

/** Loads the bundle as Lambda does: as a CommonJS module. */
function load(bundle: Bundle): Record<string, unknown> {
  const module = { exports: {} };
  const run = new Function('module', 'exports', 'require', textOf(bundle, 'index.js'));
  run(module, module.exports, createRequire(import.meta.url));
  return module.exports;
}

const callHandler = (bundle: Bundle) => {
  const { handler } = load(bundle) as {
    handler: () => { folders: string[]; modules: Record<string, never>[]; marker: symbol };
  };
  return handler();
};

describe('buildBundle', () => {
  it('gives the consumer every handler, in the order of the folders', () => {
    const { folders, modules } = callHandler(setup().bundle('consumer'));
    expect(folders).toEqual(['beta', 'count']);
    const [beta, count] = modules as unknown as { handler: { run: (text?: string) => unknown } }[];
    expect(beta?.handler.run()).toBe('beta done');
    expect(count?.handler.run('a,b,c')).toBe(3);
  });

  it.each(['api', 'producer'] as const)('gives the %s definitions only, and nothing that handlers import', (name) => {
    const bundle = setup().bundle(name);
    expect(inputsOf(bundle)).toEqual(
      [
        'jobs/beta/definition.ts',
        'jobs/count/definition.ts',
        'package/library.ts',
        `package/${name}/index.ts`,
        `${name}-entry.js`,
      ].sort(),
    );
    expect(callHandler(bundle).modules).toHaveLength(2);
  });

  it('has one copy of the library for functions and jobs', () => {
    const { modules, marker } = callHandler(setup().bundle('api'));
    const count = modules[1] as unknown as { definition: { marker: symbol } };
    expect(count.definition.marker).toBe(marker);
  });

  it("takes its own library although the project's tsconfig names another one", () => {
    const bundle = setup({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "async-endpoints": ["./other.ts"] } } }',
      'other.ts': 'export const marker = 1;',
    }).bundle('api');
    expect(inputsOf(bundle)).not.toContain('other.ts');
  });

  it('keeps the names of error classes, which become part of a failed job', () => {
    const { modules } = callHandler(setup().bundle('consumer'));
    const count = modules[1] as unknown as { handler: { refuse: () => void } };
    expect(count.handler.refuse).toThrow(expect.objectContaining({ name: 'QuotaExceeded' }));
  });

  it('is one minified file and its map, and says that it is CommonJS', () => {
    const bundle = setup().bundle('consumer');
    expect([...bundle.files.keys()].sort()).toEqual(['index.js', 'index.js.map', 'package.json']);
    expect(JSON.parse(textOf(bundle, 'package.json'))).toEqual({ type: 'commonjs' });
    expect(textOf(bundle, 'index.js').trimEnd().split('\n')).toHaveLength(2);
    expect(textOf(bundle, 'index.js')).toMatch(/\/\/# sourceMappingURL=index\.js\.map\n$/);
  });

  it('is the same byte for byte wherever the project lies, and names no path of the machine', () => {
    const [here, there] = [setup(), setup()];
    for (const name of ['api', 'producer', 'consumer'] as const) {
      const [a, b] = [here.bundle(name), there.bundle(name)];
      for (const file of ['index.js', 'index.js.map']) {
        expect(textOf(a, file)).toBe(textOf(b, file));
        expect(textOf(a, file)).not.toContain(here.project);
      }
    }
  });

  it('maps to paths inside the project', () => {
    const map: unknown = JSON.parse(textOf(setup().bundle('consumer'), 'index.js.map'));
    expect(map).toMatchObject({
      sources: expect.arrayContaining(['jobs/count/handler.ts', 'node_modules/heavy-parser/index.js']),
    });
    expect(map).not.toHaveProperty('sourcesContent');
  });

  it("fails with the bundler's own words, file and line", () => {
    const { bundle } = setup({ 'jobs/beta/handler.ts': "import 'not-installed';" });
    expect(() => bundle('consumer')).toThrow(BundleError);
    expect(() => bundle('consumer')).toThrow(
      /bundle of the consumer function cannot be built:\n {2}jobs\/beta\/handler\.ts:1:7: Could not resolve "not-installed"/,
    );
    expect(() => bundle('api')).not.toThrow();
  });

  it('takes a job type that comes with the package from the package itself', () => {
    const { bundle } = setup({
      'package/jobs/wait/definition.ts': `import { marker } from 'async-endpoints'; export const wait = { type: 'wait', marker };`,
      'jobs/wait/definition.ts': `export { wait } from 'async-endpoints/jobs/wait/definition';`,
      'jobs/wait/handler.ts': '',
    });
    const built = bundle('api');
    expect(inputsOf(built)).toContain('package/jobs/wait/definition.ts');
    const { folders } = callHandler(built);
    expect(folders).toContain('wait');
  });

  it('hands on what the bundler warns of', () => {
    const { bundle } = setup({ 'jobs/beta/definition.ts': 'export const definition = { type: 1, type: 2 };' });
    expect(bundle('api').warnings).toEqual(['jobs/beta/definition.ts:1:37: Duplicate key "type" in object literal']);
  });
});
