/**
 * Aborted when this process is asked to stop. Lambda sends SIGTERM to functions that have an extension; the local runtime
 * always does.
 */
export function createStopSignal(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  return stop.signal;
}
