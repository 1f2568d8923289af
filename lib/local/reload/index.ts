export { findAppInputs } from './app-inputs.ts';
export type { ReloadTarget } from './code-releases.ts';
export { describeRefusals } from './describe-refusals.ts';
export { Reloader } from './reloader.ts';
export { TypeCheck } from './type-check.ts';
export { TypeGate } from './type-gate.ts';
