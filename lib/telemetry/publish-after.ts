import type { MetricTelemetry } from './metric-telemetry.ts';

/** A function that publishes what was counted when each of its invocations ends, however it ends. */
export function publishAfter<Arguments extends readonly unknown[], Answer>(
  metrics: Pick<MetricTelemetry, 'publish'>,
  handler: (...invocation: Arguments) => Promise<Answer>,
): (...invocation: Arguments) => Promise<Answer> {
  return async (...invocation) => {
    try {
      return await handler(...invocation);
    } finally {
      metrics.publish();
    }
  };
}
