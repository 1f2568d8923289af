import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Whether this code runs from its sources (tests, development) and not from what the compiler wrote. */
const RUNS_FROM_SOURCE = import.meta.url.endsWith('.ts');

/**
 * Arguments that make Node run one of our own modules in a process of its own, whether we are compiled or not.
 *
 * @param entry the module's address without its ending, such as `new URL('./dynamodb-process', import.meta.url)`
 */
export function resolveOwnEntry(entry: URL): readonly string[] {
  const path = fileURLToPath(entry);
  if (!RUNS_FROM_SOURCE) {
    return [`${path}.js`];
  }
  // Only a checkout has sources, and a checkout has the development packages.
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href, `${path}.ts`];
}
