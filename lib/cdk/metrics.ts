import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Duration } from 'aws-cdk-lib/core';
import { METRICS, type MetricName, TABLE } from '../core/names.ts';

/** As fine as CloudWatch keeps them without asking more for it. */
export const PERIOD = Duration.minutes(1);

/** One of our own metrics, of this installation. */
export function ownMetric(table: Table, metricName: MetricName, options: MetricOptions): Metric {
  return new Metric({
    namespace: METRICS.namespace,
    metricName,
    dimensionsMap: { [METRICS.dimension]: table.tableName },
    period: PERIOD,
    ...options,
  });
}

/** What DynamoDB refused because somebody was too quick, on the table or on its index. */
export function tableThrottles(table: Table): readonly Metric[] {
  const throttles = (metricName: string, where: string, index: Readonly<Record<string, string>>) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName, ...index },
      statistic: Stats.SUM,
      period: PERIOD,
      label: `${where} ${metricName === 'ReadThrottleEvents' ? 'reads' : 'writes'}`,
    });
  return ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((name) => [
    throttles(name, 'table', {}),
    throttles(name, 'index', { GlobalSecondaryIndexName: TABLE.indexName }),
  ]);
}
