import { type ListedProcess, type ReadProcess, readProcess } from './process-table.ts';

/** `npm start`, `npm exec`, `npx`, and their like, by the names that they give themselves or are started with. */
const PACKAGE_RUNNER = /(?:^|[/\s])(?:npm|npx|pnpm|yarn|bun)(?:-cli)?(?:\.c?js)?(?:\s|$)/;

/** A package runner starts a shell, the shell starts us, and a wrapper may stand between. */
const MAX_DISTANCE = 6;

/**
 * The processes whose end is ours, nearest first: the parent, and everything up to the package runner above it if there
 * is one. `npm start` stands above a shell that outlives it, so a parent that still lives says nothing about npm.
 */
export function listGuardians(pid: number, read: ReadProcess = readProcess): readonly ListedProcess[] {
  const chain: ListedProcess[] = [];
  let current = read(pid);
  while (current !== undefined && chain.length < MAX_DISTANCE) {
    const parent = current.parentPid > 1 ? read(current.parentPid) : undefined;
    if (parent === undefined) {
      break;
    }
    chain.push(parent);
    if (PACKAGE_RUNNER.test(parent.command)) {
      return chain;
    }
    current = parent;
  }
  return chain.slice(0, 1);
}

export interface WatchOptions {
  readonly guardians: readonly ListedProcess[];
  readonly onVanished: (vanished: ListedProcess) => void;
  readonly intervalMs: number;
  readonly read?: ReadProcess;
}

/** Looks at the guardians until one is gone, and says so once. Returns a function that ends the watch. */
export function watchGuardians({ guardians, onVanished, intervalMs, read = readProcess }: WatchOptions): () => void {
  const timer = setInterval(() => {
    const vanished = guardians.find(({ pid, startedAt }) => read(pid)?.startedAt !== startedAt);
    if (vanished !== undefined) {
      clearInterval(timer);
      onVanished(vanished);
    }
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
