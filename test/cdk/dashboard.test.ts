import { readFileSync } from 'node:fs';
import type { Template } from 'aws-cdk-lib/assertions';
import { Duration } from 'aws-cdk-lib/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../lib/core/names.ts';
import { type EmittedMetric, runEverything, startFunctions, TABLE_NAME } from '../telemetry/function-runs.ts';
import { readShownMetrics, readWidgets, type ShownMetric } from './shown-metrics.ts';
import { setup } from './test-stack.ts';

/**
 * What AWS measures by itself, by namespace: names and the names of their dimensions, as its documentation has them ("Types of
 * metrics for Lambda functions", "Available CloudWatch metrics for Amazon SQS", "DynamoDB metrics and dimensions").
 */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda': ['ConcurrentExecutions', 'Errors', 'Throttles'].map((name) => `${name} by FunctionName`),
  'AWS/SQS': [
    'ApproximateNumberOfMessagesVisible by QueueName',
    'ApproximateNumberOfMessagesNotVisible by QueueName',
    'ApproximateNumberOfMessagesDelayed by QueueName',
  ],
  'AWS/DynamoDB': ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((name) => [
    `${name} by TableName`,
    `${name} by GlobalSecondaryIndexName,TableName`,
  ]),
};

const tableIdOf = (template: Template): string => Object.keys(template.findResources('AWS::DynamoDB::Table'))[0] ?? '';

const readShown = (template: Template): readonly ShownMetric[] =>
  readShownMetrics(template, { [tableIdOf(template)]: TABLE_NAME });

type Identity = Pick<ShownMetric, 'namespace' | 'name'> & { readonly dimensions: Readonly<Record<string, unknown>> };

const identify = ({ namespace, name, dimensions }: Identity): string =>
  `${namespace} ${name} ${JSON.stringify(dimensions)}`;

const isOwn = ({ namespace }: ShownMetric): boolean => DOCUMENTED[namespace] === undefined;

/** One line for each metric that somebody looks at and nobody emits, naming who is blind without it. */
function findBlind(shown: readonly ShownMetric[], emitted: readonly EmittedMetric[]): readonly string[] {
  const known = new Set(emitted.map(identify));
  const blind = new Map<string, Set<string>>();
  for (const metric of shown.filter(isOwn).filter((own) => !known.has(identify(own)))) {
    const key = identify(metric);
    blind.set(key, (blind.get(key) ?? new Set()).add(metric.by));
  }
  return [...blind].map(([metric, viewers]) => `${metric} is emitted by no function: blind ${[...viewers].join(', ')}`);
}

/** One line for each metric that is emitted, and so paid for, without anybody who looks at it. */
function findUnseen(shown: readonly ShownMetric[], emitted: readonly EmittedMetric[]): readonly string[] {
  const seen = new Set(shown.map(identify));
  return [...new Set(emitted.map(identify))]
    .filter((metric) => !seen.has(metric))
    .map((metric) => `${metric} is emitted, but shown by no widget and watched by no alarm`);
}

/** Names in the first column of the table of metrics. */
const readDocumentedNames = (): readonly string[] => {
  const [, section = ''] = readFileSync('docs/operations.md', 'utf8').split('## Metrics\n');
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '');
};

let emitted: readonly EmittedMetric[] = [];

beforeAll(async () => {
  const functions = await startFunctions();
  try {
    await runEverything(functions);
    emitted = functions.metrics();
  } finally {
    functions.stop();
  }
});

describe('what the dashboard shows and the alarms watch', () => {
  it('is what the functions emit, by name and dimensions, and nothing is emitted that nobody sees', () => {
    const shown = readShown(setup().toTemplate());
    expect(findBlind(shown, emitted)).toEqual([]);
    expect(findUnseen(shown, emitted)).toEqual([]);
  });

  it('fails for a metric that was renamed in the code, with the widget and the alarms that it blinds', () => {
    const shown = readShown(setup().toTemplate());
    const renamed = emitted.map((each) => (each.name === 'OldestDueAge' ? { ...each, name: 'OldestAge' } : each));
    expect(findBlind(shown, renamed)).toEqual([
      'AsyncEndpoints OldestDueAge {"TableName":"the-jobs-table"} is emitted by no function: blind widget "Oldest due job", alarm DueJobsTooOld, alarm ProducerSilent',
    ]);
    expect(findUnseen(shown, renamed)).toEqual([
      'AsyncEndpoints OldestAge {"TableName":"the-jobs-table"} is emitted, but shown by no widget and watched by no alarm',
    ]);
  });

  it('fails for a metric with other dimensions', () => {
    const shown = readShown(setup().toTemplate());
    const split = emitted.map((each) =>
      each.name === 'Crashes' ? { ...each, dimensions: { ...each.dimensions, JobType: 'echo' } } : each,
    );
    expect(findBlind(shown, split)).toEqual([expect.stringMatching(/Crashes .* blind widget "Failures and crashes"$/)]);
  });

  it('stands in the documentation, name by name', () => {
    const viewersOf = (name: string) =>
      readShown(setup().toTemplate())
        .filter((metric) => metric.name === name)
        .map(({ by }) => by);
    const documented = readDocumentedNames();
    const names = new Set(emitted.map(({ name }) => name));
    const gone = documented.filter((name) => !names.has(name)).map((name) => [name, ...viewersOf(name)]);
    const missing = [...names].filter((name) => !documented.includes(name)).map((name) => [name, ...viewersOf(name)]);
    expect({ gone, missing }).toEqual({ gone: [], missing: [] });
  });

  it('is, of what AWS measures, what its documentation lists', () => {
    const unknown = readShown(setup().toTemplate())
      .filter(({ namespace }) => namespace !== METRICS.namespace)
      .map(({ namespace, name, dimensions, by }) => ({
        by,
        namespace,
        metric: `${name} by ${Object.keys(dimensions).sort().join(',')}`,
      }))
      .filter(({ namespace, metric }) => DOCUMENTED[namespace]?.includes(metric) !== true);
    expect(unknown).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('has a widget for everything that an operator asks first', () => {
    expect(readWidgets(setup().toTemplate()).map(({ properties }) => properties.title)).toEqual([
      'Alarms',
      'Throughput',
      'Submit to start',
      'Handler duration',
      'Oldest due job',
      'Queue',
      'Dead-letter queue',
      'Failures and crashes',
      'Detours',
      'Consumer concurrency',
      'Errors',
      'Throttles',
    ]);
  });

  it('draws the limit of the concurrency and the age at which the alarm rings', () => {
    const template = setup({ concurrency: 33, alarms: { dueAge: Duration.minutes(7) } }).toTemplate();
    const lines = readWidgets(template).flatMap(({ properties }) =>
      (properties.annotations?.horizontal ?? []).map(({ value }) => [properties.title, value]),
    );
    expect(lines).toEqual([
      ['Oldest due job', 420],
      ['Consumer concurrency', 33],
    ]);
  });

  it('belongs to no region and no account', () => {
    for (const { type, properties } of readWidgets(setup().toTemplate(), { 'AWS::Region': 'here' })) {
      if (type === 'metric') expect(properties).toMatchObject({ region: 'here' });
    }
  });

  it('goes without the API and the alarms where there are none', () => {
    const { jobs, toTemplate } = setup({ api: false, alarms: false });
    const template = toTemplate();
    expect(jobs.alarms).toBeUndefined();
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    const shown = readShown(template);
    expect(findBlind(shown, emitted)).toEqual([]);
    expect(shown.filter(({ by }) => by === 'widget "Errors"')).toHaveLength(2);
  });
});
