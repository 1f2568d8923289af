import { createApp, createLambdaHandler, type LambdaHandler } from '../../lib/http/index.ts';
import { publishAfter } from '../../lib/telemetry/index.ts';
import { collectDefinitions, type JobModules } from '../../lib/worker/index.ts';
import { readStorageConfig } from '../config.ts';
import { createPorts } from '../wiring.ts';

/** Accepts jobs and tells how they are: the function behind the HTTP API. */
export function createHandler(jobs: JobModules): LambdaHandler {
  const config = readStorageConfig();
  const definitions = collectDefinitions(jobs);
  const ports = createPorts('api', config, definitions);
  return publishAfter(ports.metrics, createLambdaHandler(createApp({ ports, definitions })));
}
