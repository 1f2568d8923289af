import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export type FunctionName = 'api' | 'producer' | 'consumer';

/** Where this package keeps what goes into the bundles. Absolute paths. */
export interface PackageSources {
  /** The module that people import as `async-endpoints`; jobs and functions must get the same copy of it. */
  readonly library: string;
  /** The directory of the job types that come with this package, imported as `async-endpoints/jobs/<type>/…`. */
  readonly jobs: string;
  /** Stands in for the SDK's own search for credentials. */
  readonly credentials: string;
  readonly functions: Readonly<Record<FunctionName, string>>;
}

/**
 * The sources that lie beside this very module: TypeScript when it runs from source, JavaScript when it runs from `dist`,
 * where the tree has the same shape.
 */
export function ownSources(): PackageSources {
  const extension = extname(fileURLToPath(import.meta.url));
  const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const inPackage = (path: string): string => at(`${path}${extension}`);
  return {
    library: inPackage('lib/index'),
    jobs: at('functions/jobs'),
    credentials: inPackage('functions/credentials'),
    functions: {
      api: inPackage('functions/api/index'),
      producer: inPackage('functions/producer/index'),
      consumer: inPackage('functions/consumer/index'),
    },
  };
}
