import { Metrics } from '@aws-lambda-powertools/metrics';
import { type METRIC_UNITS, METRICS, type MetricName } from '../core/index.ts';

/** Collects values, and writes down what it has when it is told to. */
export interface MetricLines {
  addMetric(name: MetricName, unit: (typeof METRIC_UNITS)[MetricName], value: number): void;
  hasStoredMetrics(): boolean;
  publishStoredMetrics(): void;
}

/**
 * Metrics of one table as lines of CloudWatch's Embedded Metric Format on standard output, so that no metric costs a request.
 * Source: Amazon CloudWatch, "Specification: Embedded metric format".
 */
export function createMetricLines(tableName: string): MetricLines {
  // The dimension by which Powertools tells services apart would say the same as the table's name, and less of it.
  const metrics = new Metrics({ namespace: METRICS.namespace });
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ [METRICS.dimension]: tableName });
  return metrics;
}
