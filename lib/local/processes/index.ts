export { SpawnError } from './errors.ts';
export { listGuardians, watchGuardians } from './guardians.ts';
export { resolveOwnEntry } from './own-entry.ts';
export { type ListedProcess, readProcess } from './process-table.ts';
export {
  type Child,
  type ChildExit,
  ChildSpawner,
  type OutputLine,
  type Spawner,
  type SpawnOptions,
} from './spawner.ts';
export { listenForStopSignals } from './stop-signals.ts';
