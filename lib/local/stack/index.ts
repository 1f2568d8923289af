export { StackError } from './errors.ts';
export type { JobHints } from './job-hints.ts';
export type { LineLevel } from './on-line.ts';
export { HIGHEST_PORT } from './ports.ts';
export type { StackAddress } from './stack-address.ts';
export { type RunningStack, type StackOptions, startStack } from './start-stack.ts';
