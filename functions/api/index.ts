import { createApp, createLambdaHandler, type LambdaHandler } from '../../lib/http/index.ts';
import { collectDefinitions, type JobModule } from '../../lib/worker/index.ts';
import { readStorageConfig } from '../config.ts';
import { createPorts } from '../wiring.ts';

/** Accepts jobs and tells how they are: the function behind the HTTP API. */
export function createHandler(jobs: readonly JobModule[]): LambdaHandler {
  const config = readStorageConfig();
  const definitions = collectDefinitions(jobs);
  return createLambdaHandler(createApp({ ports: createPorts('api', config, definitions), definitions }));
}
