import type { JobFolder } from './job-folders.ts';
import type { FunctionName } from './package-sources.ts';

/**
 * The module that Lambda loads: the function's factory, given every job type. Only the consumer imports handlers; to the
 * others a job type is its definition, so that the work and its libraries stay out of their bundles.
 */
export function toEntryText(name: FunctionName, functionModule: string, jobs: readonly JobFolder[]): string {
  const modules = jobs.map((job) => (name === 'consumer' ? job.handler : job.definition));
  const variables = modules.map((_, index) => `job${index}`);
  // By folder, so that a module which exports the wrong thing can be named.
  const byFolder = jobs.map((job, index) => `${JSON.stringify(job.name)}: ${variables[index]}`);
  return [
    `import { createHandler } from ${JSON.stringify(functionModule)};`,
    ...modules.map((module, index) => `import * as ${variables[index]} from ${JSON.stringify(module)};`),
    `export const handler = createHandler({ ${byFolder.join(', ')} });`,
    '',
  ].join('\n');
}
