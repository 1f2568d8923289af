export { type Bundle, buildBundle, IncrementalBundler } from './build-bundle.ts';
export type { BundleOrigin } from './bundle-origin.ts';
export { BundleError } from './errors.ts';
export { findJobFolders, type JobFolders } from './job-folders.ts';
export { type FunctionName, ownSources } from './package-sources.ts';
