export { toAll } from './all-telemetries.ts';
export { createJsonLogger, type JsonLoggerOptions } from './json-logger.ts';
export { createLogTelemetry } from './log-telemetry.ts';
export { createMetricLines, type MetricLines } from './metric-lines.ts';
export { createMetricTelemetry, type MetricTelemetry, type MetricTelemetryOptions } from './metric-telemetry.ts';
export { publishAfter } from './publish-after.ts';
