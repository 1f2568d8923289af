import { describe, expect, it } from 'vitest';
import { type Bundle, buildBundle } from '../../lib/bundle/build-bundle.ts';
import { findJobFolders } from '../../lib/bundle/job-folders.ts';
import { type FunctionName, ownSources } from '../../lib/bundle/package-sources.ts';

/** Built once: a bundle takes most of a second. */
const bundles = new Map<FunctionName, Bundle>();

const bundle = (name: FunctionName): Bundle => {
  const built =
    bundles.get(name) ??
    buildBundle({
      name,
      sources: ownSources(),
      jobs: findJobFolders('functions/jobs').complete,
      projectDirectory: process.cwd(),
    });
  bundles.set(name, built);
  return built;
};

const inputsOf = (name: FunctionName): readonly string[] => Object.keys(bundle(name).metafile.inputs);

const HANDLER = /^functions\/jobs\/[^/]+\/handler\.ts$/;
const CSV_PARSER = /node_modules\/csv-parse\//;

describe('the functions of this repository', () => {
  it.each(['api', 'producer'] as const)('%s holds every definition, no handler and no CSV parser', (name) => {
    const inputs = inputsOf(name);
    expect(inputs).toEqual(
      expect.arrayContaining(['functions/jobs/sleep/definition.ts', 'functions/jobs/summarize-csv/definition.ts']),
    );
    expect(inputs.filter((input) => HANDLER.test(input) || CSV_PARSER.test(input))).toEqual([]);
  });

  it('consumer holds the handlers and their parser', () => {
    const inputs = inputsOf('consumer');
    const handlers = findJobFolders('functions/jobs').complete.map(({ name }) => `functions/jobs/${name}/handler.ts`);
    expect(inputs.filter((input) => HANDLER.test(input)).sort()).toEqual(handlers);
    expect(inputs.some((input) => CSV_PARSER.test(input))).toBe(true);
  });

  it.each(['api', 'producer', 'consumer'] as const)(
    '%s has no constructs, no local engines and one library',
    (name) => {
      const inputs = inputsOf(name);
      expect(inputs.filter((input) => /^lib\/(cdk|local|cli|testing)\//.test(input))).toEqual([]);
      expect(inputs.filter((input) => /^dist\/|node_modules\/async-endpoints\//.test(input))).toEqual([]);
    },
  );

  it.each([
    ['api', 600],
    ['producer', 450],
    ['consumer', 450],
  ] as const)('%s is no larger than %i KB, SDK and Powertools included', (name, mostKb) => {
    const { length } = bundle(name).files.get('index.js') ?? [];
    expect(length).toBeLessThanOrEqual(mostKb * 1_000);
    expect(inputsOf(name).some((input) => /@aws-lambda-powertools\/metrics\//.test(input))).toBe(true);
  });

  it.each(['api', 'producer', 'consumer'] as const)(
    '%s takes its credentials from the environment and has no other way to find some',
    (name) => {
      const inputs = inputsOf(name);
      expect(inputs).toContain('functions/credentials.ts');
      expect(
        inputs.filter((input) => /@aws-sdk\/(credential-provider-|nested-clients|token-providers)/.test(input)),
      ).toEqual([]);
    },
  );

  it.each(['api', 'producer', 'consumer'] as const)('%s is bundled without a warning', (name) => {
    expect(bundle(name).warnings).toEqual([]);
  });
});
