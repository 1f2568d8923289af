export { type Bundle, buildBundle, buildBundleInBackground } from './build-bundle.ts';
export { type BundleOrigin, toBundleRequest } from './bundle-origin.ts';
export { BundleError } from './errors.ts';
export { findJobFolders, type JobFolders } from './job-folders.ts';
export { type FunctionName, ownSources } from './package-sources.ts';
