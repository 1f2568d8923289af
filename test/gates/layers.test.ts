import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findCommand, plantProject, ROOT, run } from './planted-project.ts';

/** Rule, the file that breaks it, and what that file imports. */
const PLANTED: readonly (readonly [rule: string, from: string, imported: string])[] = [
  ['core-layer', 'lib/core/planted-layer.ts', '../pipeline/target.ts'],
  ['core-is-pure', 'lib/core/planted-node.ts', 'node:crypto'],
  ['pipeline-layer', 'lib/pipeline/planted-layer.ts', '../dynamodb/target.ts'],
  ['pipeline-is-pure', 'lib/pipeline/planted-node.ts', 'node:timers/promises'],
  ['dynamodb-layer', 'lib/dynamodb/planted-layer.ts', '../sqs/target.ts'],
  ['sqs-layer', 'lib/sqs/planted-layer.ts', '../pipeline/target.ts'],
  ['s3-layer', 'lib/s3/planted-layer.ts', '../dynamodb/target.ts'],
  ['memory-layer', 'lib/memory/planted-layer.ts', '../pipeline/target.ts'],
  ['memory-is-pure', 'lib/memory/planted-node.ts', 'node:crypto'],
  ['telemetry-layer', 'lib/telemetry/planted-layer.ts', '../worker/target.ts'],
  ['http-layer', 'lib/http/planted-layer.ts', '../dynamodb/target.ts'],
  ['client-layer', 'lib/client/planted-layer.ts', '../memory/target.ts'],
  ['worker-layer', 'lib/worker/planted-layer.ts', '../client/target.ts'],
  ['testing-layer', 'lib/testing/planted-layer.ts', '../dynamodb/target.ts'],
  ['bundle-layer', 'lib/bundle/planted-layer.ts', '../core/target.ts'],
  ['testing-is-pure', 'lib/testing/planted-node.ts', 'node:crypto'],
  ['dynamodb-client-has-an-owner', 'lib/client/planted-dynamodb.ts', '@aws-sdk/client-dynamodb'],
  ['dynamodb-client-has-an-owner', 'functions/api/planted-dynamodb.ts', '@aws-sdk/lib-dynamodb'],
  ['sqs-client-has-an-owner', 'lib/dynamodb/planted-sqs.ts', '@aws-sdk/client-sqs'],
  ['cdk-has-an-owner', 'lib/local/planted-cdk.ts', 'aws-cdk-lib'],
  ['bundler-has-an-owner', 'lib/cli/planted-bundler.ts', 'esbuild'],
  ['bundler-has-an-owner', 'lib/cdk/planted-bundler.ts', 'esbuild'],
  ['engines-has-an-owner', 'lib/dynamodb/planted-engine.ts', 'fauxqs'],
  ['schemas-has-an-owner', 'lib/core/planted-schema.ts', 'zod/mini'],
  ['metrics-has-an-owner', 'lib/worker/planted-metrics.ts', '@aws-lambda-powertools/metrics'],
  ['tokens-has-an-owner', 'lib/http/planted-tokens.ts', 'jose'],
  ['csv-has-an-owner', 'lib/worker/planted-csv.ts', 'csv-parse'],
  ['lambda-types-has-an-owner', 'lib/core/planted-types.ts', 'aws-lambda'],
  ['compiler-types-has-an-owner', 'lib/local/planted-compiler.ts', 'typescript'],
  ['unlisted-package', 'lib/worker/planted-package.ts', 'fast-check'],
  ['entry-layer', 'lib/planted-entry.ts', './testing/target.ts'],
  ['cdk-layer', 'lib/cdk/planted-layer.ts', '../core/target.ts'],
  ['cdk-layer', 'lib/cdk/planted-function.ts', '../../functions/api/target.ts'],
  ['cdk-internals', 'lib/local/planted-internals.ts', '../cdk/target.ts'],
  ['cdk-internals', 'lib/cli/planted-internals.ts', '../cdk/target.ts'],
  ['no-functions-in-tools', 'lib/local/planted-function.ts', '../../functions/api/target.ts'],
  ['functions-layer', 'functions/api/planted-layer.ts', '../../lib/testing/target.ts'],
  ['functions-layer', 'functions/consumer/planted-layer.ts', '../../lib/local/target.ts'],
  ['definition-without-handler', 'functions/jobs/planted/definition.ts', './handler.ts'],
  ['top-is-imported-by-nothing', 'lib/worker/planted-test.ts', '../../test/target.ts'],
  ['top-is-imported-by-nothing', 'functions/api/planted-bin.ts', '../../bin/target.ts'],
  ['no-cycles', 'lib/core/planted-cycle-back.ts', './planted-cycle.ts'],
  ['unresolvable', 'lib/core/planted-missing.ts', './nowhere.ts'],
];

/** Imports that the table allows, so that a rule which forbids everything is found too. */
const ALLOWED: readonly (readonly [from: string, imported: string])[] = [
  ['lib/pipeline/allowed.ts', '../core/target.ts'],
  ['lib/dynamodb/allowed.ts', '@aws-sdk/lib-dynamodb'],
  ['lib/sqs/allowed.ts', '@aws-sdk/client-sqs'],
  ['lib/client/allowed.ts', '../dynamodb/target.ts'],
  ['lib/cdk/allowed.ts', 'aws-cdk-lib'],
  ['lib/cdk/allowed-names.ts', '../core/names.ts'],
  ['lib/cdk/allowed-bundle.ts', '../bundle/target.ts'],
  ['lib/local/allowed.ts', 'node:http'],
  ['lib/local/allowed-bundle.ts', '../bundle/target.ts'],
  ['lib/local/allowed-layer.ts', '../worker/target.ts'],
  ['functions/api/allowed.ts', '../../lib/http/target.ts'],
  ['functions/jobs/planted/handler.ts', 'zod/mini'],
  ['functions/jobs/other/definition.ts', 'async-endpoints'],
  // The other half of the planted cycle: a cycle is reported once, at the module where it was found.
  ['lib/core/planted-cycle.ts', './planted-cycle-back.ts'],
  ['bin/allowed.ts', '../lib/cdk/target.ts'],
  ['test/allowed.ts', '../bin/target.ts'],
];

const TARGETS = [
  ...[
    'core',
    'pipeline',
    'dynamodb',
    'sqs',
    'memory',
    'worker',
    'client',
    'testing',
    'http',
    'bundle',
    'cdk',
    'local',
  ].map((layer) => `lib/${layer}/target.ts`),
  'lib/core/names.ts',
  'lib/index.ts',
  'functions/api/target.ts',
  'test/target.ts',
  'bin/target.ts',
];

const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
    totalCruised: z.number(),
    totalDependenciesCruised: z.number(),
  }),
});

const cruise = async (directory: string, folders: readonly string[]) => {
  const depcruise = await findCommand('dependency-cruiser', 'depcruise');
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  return reportSchema.parse(JSON.parse((await run(depcruise, args, directory)).stdout)).summary;
};

describe('layers gate', () => {
  let summary: Awaited<ReturnType<typeof cruise>>;
  let project: Awaited<ReturnType<typeof plantProject>>;

  beforeAll(async () => {
    const imports = [...PLANTED.map(([, from, imported]) => [from, imported] as const), ...ALLOWED];
    project = await plantProject({
      ...Object.fromEntries(TARGETS.map((path) => [path, 'export const target = 1;\n'])),
      ...Object.fromEntries(
        imports.map(([from, imported]) => [
          from,
          `import type * as planted from '${imported}';\nexport type { planted };\n`,
        ]),
      ),
    });
    summary = await cruise(project.directory, ['bin', 'lib', 'functions', 'test']);
  });

  afterAll(() => project.remove());

  const rulesOf = (path: string): string[] =>
    summary.violations.flatMap(({ from, rule }) => (from === path ? [rule.name] : []));

  test.each(PLANTED)('fails with %s only: %s imports %s', (rule, from) => {
    expect(rulesOf(from)).toEqual([rule]);
  });

  test.each(ALLOWED)('accepts that %s imports %s', (from) => {
    expect(rulesOf(from)).toEqual([]);
  });

  test('has a planted violation for each of its rules', () => {
    const configuration: { forbidden: { name: string }[] } = createRequire(import.meta.url)(
      join(ROOT, '.dependency-cruiser.cjs'),
    );
    // Without the package installed there is nothing that an import of it could resolve to.
    const notInstalled = ['s3-client-has-an-owner'];

    const planted = new Set(PLANTED.map(([rule]) => rule));
    expect(configuration.forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual(notInstalled);
  });

  test('reads the modules of this repository and what they import', async () => {
    const { totalCruised, totalDependenciesCruised } = await cruise(ROOT, ['lib']);

    expect(totalCruised).toBeGreaterThan(0);
    expect(totalDependenciesCruised).toBeGreaterThan(0);
  });
});
