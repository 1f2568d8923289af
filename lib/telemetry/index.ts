export { createJsonLogger, type JsonLoggerOptions } from './json-logger.ts';
export { createLogTelemetry } from './log-telemetry.ts';
