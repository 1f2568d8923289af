/**
 * Signals to a child and all that it started. Every child leads a process group of its own, which also keeps a
 * terminal's Ctrl-C from reaching it: only the runtime hears that, and ends its children in order.
 */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group is gone, which is what the caller wanted.
  }
}

/** Signals to one process, whether it still exists or not. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
