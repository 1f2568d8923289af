export { SpawnError } from './errors.ts';
export { resolveOwnEntry } from './own-entry.ts';
export {
  type Child,
  type ChildExit,
  ChildSpawner,
  type OutputLine,
  type Spawner,
  type SpawnOptions,
} from './spawner.ts';
