import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MetricName } from '../core/names.ts';
import type { AsyncEndpointsAlarms } from './alarms.ts';
import { ownMetric, PERIOD, tableThrottles } from './metrics.ts';
import type { Monitored } from './monitored.ts';
import type { Settings } from './settings.ts';

const COLUMNS = 24;
const HEIGHT = 6;

/** One page that answers: does work get through, does anything wait, does anything break, and where. */
export function createDashboard(
  scope: Construct,
  settings: Settings,
  monitored: Monitored,
  alarms: AsyncEndpointsAlarms | undefined,
): Dashboard {
  const dashboard = new Dashboard(scope, 'Dashboard', {});
  if (alarms !== undefined) {
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: Object.values(alarms), width: COLUMNS, height: 3 }),
    );
  }
  dashboard.addWidgets(...throughput(monitored));
  dashboard.addWidgets(...waiting(settings, monitored));
  dashboard.addWidgets(...trouble(monitored));
  dashboard.addWidgets(...limits(settings, monitored));
  return dashboard;
}

const graph = (title: string, width: number, left: readonly IMetric[], more: GraphWidgetProps = {}): IWidget =>
  new GraphWidget({ title, width, height: HEIGHT, left: [...left], leftYAxis: { min: 0 }, period: PERIOD, ...more });

const line = (value: number, label: string): { readonly leftAnnotations: HorizontalAnnotation[] } => ({
  leftAnnotations: [{ value, label }],
});

const totals = ({ table }: Monitored, labels: Partial<Readonly<Record<MetricName, string>>>): readonly IMetric[] =>
  (Object.entries(labels) as [MetricName, string][]).map(([name, label]) =>
    ownMetric(table, name, { statistic: Stats.SUM, label }),
  );

const percentiles = ({ table }: Monitored, name: MetricName): readonly IMetric[] =>
  [50, 99].map((percentile) =>
    ownMetric(table, name, { statistic: Stats.percentile(percentile), label: `p${percentile}` }),
  );

const throughput = (monitored: Monitored): readonly IWidget[] => [
  graph('Throughput', 12, [
    ...totals(monitored, { JobsSubmitted: 'submitted', JobsReopened: 're-opened' }),
    // Whoever submitted it, with the SDK as well, a job starts for the first time once.
    ownMetric(monitored.table, 'SubmitToStart', { statistic: Stats.SAMPLE_COUNT, label: 'started' }),
    ...totals(monitored, { JobsCompleted: 'completed', JobsFailed: 'failed', JobsCanceled: 'canceled' }),
  ]),
  graph('Submit to start', 6, percentiles(monitored, 'SubmitToStart')),
  graph('Handler duration', 6, percentiles(monitored, 'HandlerDuration')),
];

const waiting = ({ alarms }: Settings, { table, queue, deadLetterQueue }: Monitored): readonly IWidget[] => [
  graph(
    'Oldest due job',
    8,
    [ownMetric(table, 'OldestDueAge', { statistic: Stats.MAXIMUM, label: 'waits for, in seconds' })],
    alarms === undefined ? {} : line(alarms.dueAgeSeconds, 'alarm'),
  ),
  graph('Queue', 8, [
    queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, label: 'waiting' }),
    queue.metricApproximateNumberOfMessagesNotVisible({ statistic: Stats.MAXIMUM, label: 'in flight' }),
    queue.metricApproximateNumberOfMessagesDelayed({ statistic: Stats.MAXIMUM, label: 'delayed' }),
  ]),
  graph('Dead-letter queue', 8, [
    deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, label: 'messages' }),
  ]),
];

const trouble = (monitored: Monitored): readonly IWidget[] => [
  graph(
    'Failures and crashes',
    12,
    totals(monitored, { Failures: 'failures', Crashes: 'crashes', AbandonedHandlers: 'abandoned handlers' }),
  ),
  graph(
    'Detours',
    12,
    totals(monitored, {
      DuplicateMessages: 'duplicate messages',
      PoisonMessages: 'poison messages',
      UnknownTypes: 'unknown types',
      HandedBack: 'handed back',
      FencedWrites: 'fenced writes',
      SendFailures: 'send failures',
      DepthCapped: 'depth capped',
    }),
  ),
];

const limits = ({ concurrency }: Settings, { table, functions }: Monitored): readonly IWidget[] => {
  const { consumer, producer, api } = functions;
  const all = Object.entries({ consumer, producer, ...(api === undefined ? {} : { api }) });
  return [
    graph(
      'Consumer concurrency',
      8,
      [consumer.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, label: 'invocations at a time' })],
      line(concurrency, 'limit'),
    ),
    graph(
      'Errors',
      8,
      all.map(([label, each]) => each.metricErrors({ statistic: Stats.SUM, label })),
    ),
    graph('Throttles', 8, [
      ...all.map(([label, each]) => each.metricThrottles({ statistic: Stats.SUM, label })),
      ...tableThrottles(table),
    ]),
  ];
};
