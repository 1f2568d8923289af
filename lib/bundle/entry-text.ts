import type { JobFolder } from './job-folders.ts';
import type { FunctionName } from './package-sources.ts';

/**
 * The module that Lambda loads: the function's factory, given every job type. Only the consumer imports handlers; to the
 * others a job type is its definition, so that the work and its libraries stay out of their bundles.
 */
export function toEntryText(name: FunctionName, functionModule: string, jobs: readonly JobFolder[]): string {
  const modules = jobs.map((job) => (name === 'consumer' ? job.handler : job.definition));
  const variables = modules.map((_, index) => `job${index}`);
  return [
    `import { createHandler } from ${JSON.stringify(functionModule)};`,
    ...modules.map((module, index) => `import * as ${variables[index]} from ${JSON.stringify(module)};`),
    `export const handler = createHandler([${variables.join(', ')}]);`,
    '',
  ].join('\n');
}
