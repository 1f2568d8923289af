import type { EventEmitter } from 'node:events';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];

/** Ctrl-C in a terminal reaches npm and its child at once, and npm passes its own on: two signals, one wish. */
const SAME_WISH_MS = 500;

export interface StopSignalsOptions {
  /** The first signal. */
  readonly onStop: (signal: NodeJS.Signals) => void;
  /** Any further one, later than {@link SAME_WISH_MS} after the first. */
  readonly onStopAtOnce: (signal: NodeJS.Signals) => void;
  readonly source?: EventEmitter;
  readonly now?: () => number;
}

/** Returns a function that gives the signals their usual effect back. */
export function listenForStopSignals({
  onStop,
  onStopAtOnce,
  source = process,
  now = Date.now,
}: StopSignalsOptions): () => void {
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = now();
      onStop(signal);
    } else if (now() - firstAt > SAME_WISH_MS) {
      onStopAtOnce(signal);
    }
  };
  for (const signal of STOP_SIGNALS) {
    source.on(signal, onSignal);
  }
  return () => {
    for (const signal of STOP_SIGNALS) {
      source.off(signal, onSignal);
    }
  };
}
