import { findJobFolders, type JobFolder } from './job-folders.ts';
import type { FunctionName, PackageSources } from './package-sources.ts';

export interface BundleRequest {
  readonly name: FunctionName;
  readonly sources: PackageSources;
  readonly jobs: readonly JobFolder[];
  /** Paths in the source map are relative to it, so that the same project gives the same bundle wherever it lies. */
  readonly projectDirectory: string;
}

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
