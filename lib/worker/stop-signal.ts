import { setMaxListeners } from 'node:events';

/**
 * Aborted when this process is asked to stop. Lambda sends SIGTERM to functions that have an extension; the local runtime
 * always does.
 */
export function createStopSignal(): AbortSignal {
  const stop = new AbortController();
  // Every job that runs listens to it, ten and more at a time.
  setMaxListeners(0, stop.signal);
  process.once('SIGTERM', () => stop.abort());
  return stop.signal;
}
