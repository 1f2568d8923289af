export { findAppInputs } from './app-inputs.ts';
export { Reloader, type ReloadTarget } from './reloader.ts';
export { TypeCheck } from './type-check.ts';
