import type { BundleRequest } from './build-bundle.ts';
import { findJobFolders } from './job-folders.ts';
import type { FunctionName, PackageSources } from './package-sources.ts';

/** What a function's code is made of. All paths are absolute; it is written into a template as JSON. */
export interface BundleOrigin {
  readonly name: FunctionName;
  readonly sources: PackageSources;
  readonly jobsDirectory: string;
  readonly projectDirectory: string;
}

/** With the job folders that are there now. */
export function toBundleRequest({ jobsDirectory, ...origin }: BundleOrigin): BundleRequest {
  return { ...origin, jobs: findJobFolders(jobsDirectory).complete };
}
