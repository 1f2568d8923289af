import { createApp, createLambdaHandler, type LambdaHandler } from '../../lib/http/index.ts';
import { publishAfter } from '../../lib/telemetry/index.ts';
import { collectDefinitions, type JobModules } from '../../lib/worker/index.ts';
import { readFailpoints, readStorageConfig } from '../config.ts';
import { createFailpoints } from '../failpoints.ts';
import { createPorts } from '../wiring.ts';

/** Accepts jobs and tells how they are: the function behind the HTTP API. */
export function createHandler(jobs: JobModules): LambdaHandler {
  const config = readStorageConfig();
  const definitions = collectDefinitions(jobs);
  const failpoints = createFailpoints('submit', readFailpoints());
  const ports = failpoints.inPorts(createPorts('api', config, definitions));
  const handler = createLambdaHandler(createApp({ ports, definitions }));
  return publishAfter(ports.metrics, failpoints.beforeAnswer(handler, jobsOf));
}

const jobsOf = ({ headers }: Awaited<ReturnType<LambdaHandler>>): readonly string[] =>
  String(headers?.['location'] ?? '')
    .split('/')
    .slice(-1);
