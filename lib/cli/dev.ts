import { resolve } from 'node:path';
import { type ListedProcess, listenForStopSignals, listGuardians, watchGuardians } from '../local/processes/index.ts';
import { type LineLevel, type RunningStack, startStack } from '../local/stack/index.ts';
import { DEV_USAGE, parseDevArguments } from './dev-arguments.ts';
import { describeStack } from './dev-welcome.ts';
import { describeError } from './errors.ts';
import { createTextFormat, formatJson } from './log-lines.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** How patient a stop is: with running handlers, and with everything before the process ends regardless. */
interface Patience {
  readonly graceMs: number;
  readonly limitMs: number;
}

const ASKED: Patience = { graceMs: 10_000, limitMs: 13_000 };
const ASKED_AGAIN: Patience = { graceMs: 0, limitMs: 1_000 };

/** Together with the interval of the watch below two seconds. */
const ABANDONED: Patience = { graceMs: 500, limitMs: 1_000 };
const WATCH_INTERVAL_MS = 200;

/** Runs the stack until it is asked to stop. Resolves with the exit code. */
export async function runDev(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = parseDevArguments(args);
  if (parsed.help) {
    terminal.print(DEV_USAGE);
    return EXIT.fine;
  }
  const { port, data, json } = parsed;
  const startedAt = Date.now();
  const format = json ? formatJson : createTextFormat({ colors: terminal.colors });
  const log = (source: string, text: string, level: LineLevel = 'info'): void => {
    const line = format({ source, text, level, at: Date.now() });
    if (line !== undefined) {
      terminal.report(line);
    }
  };
  const lifetime = new Lifetime(terminal, (text) => log('runtime', text));
  const guardians = listGuardians(process.pid);
  const stopWatching = watchGuardians({
    guardians,
    intervalMs: WATCH_INTERVAL_MS,
    onVanished: (vanished) => lifetime.abandon(vanished),
  });
  const stopListening = listenForStopSignals({
    onStop: (signal) => lifetime.stop(signal),
    onStopAtOnce: () => lifetime.stopAtOnce(),
  });
  try {
    log('runtime', 'starting: synthesizes the CDK app and runs its stack');
    const stack = await startStack({
      project: terminal.workingDirectory,
      port,
      ...(data !== undefined && { data: resolve(terminal.workingDirectory, data) }),
      environment: terminal.environment,
      onLine: log,
      reload: { colors: terminal.colors && !json },
      signal: lifetime.starting,
    });
    const { address, environmentFile, jobHints } = stack;
    if (json) {
      terminal.print(JSON.stringify({ ready: true, ...address }));
      log('runtime', `the environment of clients is in ${environmentFile}`);
    } else {
      terminal.print(
        describeStack({
          address,
          environmentFile,
          jobHints,
          workingDirectory: terminal.workingDirectory,
          keepsData: data !== undefined,
          startedAt,
          readyAt: Date.now(),
        }),
      );
    }
    const failure = await lifetime.run(stack);
    if (failure === undefined) {
      return EXIT.fine;
    }
    log('runtime', describeError(failure), 'error');
    return EXIT.failed;
  } catch (error) {
    if (lifetime.starting.aborted) {
      return EXIT.fine;
    }
    if (json) {
      log('runtime', describeError(error), 'error');
      return EXIT.failed;
    }
    throw error;
  } finally {
    stopWatching();
    stopListening();
  }
}

/** States: starting → running → stopping → ended. The wish to stop may come in any of them, and again with less patience. */
class Lifetime {
  private readonly terminal: Terminal;
  private readonly log: (text: string) => void;
  private readonly stopWished = new AbortController();
  private patience: Patience = ASKED;
  private stack: RunningStack | undefined;

  constructor(terminal: Terminal, log: (text: string) => void) {
    this.terminal = terminal;
    this.log = log;
  }

  /** Aborted once a stop is wished for. */
  get starting(): AbortSignal {
    return this.stopWished.signal;
  }

  /** Resolves once the stack has stopped: because somebody wished for it, or with the reason why it could not go on. */
  async run(stack: RunningStack): Promise<Error | undefined> {
    this.stack = stack;
    const { signal } = this.stopWished;
    const wished = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const failure = signal.aborted ? undefined : await Promise.race([wished, stack.failed]);
    if (failure !== undefined) {
      // Running handlers have nothing to record their outcomes in.
      this.end(ABANDONED);
    }
    await stack.stop({ graceMs: this.patience.graceMs });
    return failure;
  }

  stop(signal: NodeJS.Signals): void {
    this.log(
      `${signal}: stopping. Running jobs are told and have ${ASKED.graceMs / 1000} s to end. Again stops at once.`,
    );
    this.end(ASKED);
  }

  stopAtOnce(): void {
    this.log('stopping at once');
    this.end(ASKED_AGAIN);
  }

  abandon({ pid, command }: ListedProcess): void {
    this.log(`process ${pid} (${command}), which this one belongs to, is gone: stopping`);
    this.end(ABANDONED);
  }

  private end(patience: Patience): void {
    this.patience = patience;
    // Whatever hangs, the process ends, and its reaper ends its children.
    setTimeout(() => this.terminal.exit(EXIT.failed), patience.limitMs).unref();
    if (this.stopWished.signal.aborted) {
      this.stack?.stop({ graceMs: patience.graceMs }).catch((error: unknown) => this.log(String(error)));
    } else {
      this.stopWished.abort();
    }
  }
}
