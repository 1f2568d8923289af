import type { EventEmitter } from 'node:events';
import { listenForStopSignals } from '../../lib/local/processes/index.ts';
import { orExit, UsageError } from '../simulation/command/usage.ts';

/** What a command is told while it runs, and tells: somebody may interrupt it. */
export interface RunningCommand {
  /** Aborted once it is interrupted: from then on nothing begins, and whatever was started ends and goes. */
  readonly signal: AbortSignal;
  /** Takes what tells in a few words how far it is. The latest counts. */
  readonly tellBy: (reached: () => string) => void;
}

export interface Command<Options> {
  readonly usage: string;
  /** @throws UsageError */
  readonly parse: (args: readonly string[]) => Options;
  /** Resolves with whether all is as it should be. Interrupted, it may reject once it has left nothing behind. */
  readonly run: (options: Options, running: RunningCommand) => Promise<boolean>;
}

export interface CommandWorld {
  readonly args: readonly string[];
  readonly say: (line: string) => void;
  readonly exit: (code: number) => void;
  /** Of signals, and of rejections that nobody waits for. */
  readonly source: EventEmitter;
  /** Of errors: nobody reads any more, as behind `| head`. */
  readonly output: EventEmitter;
  readonly now: () => number;
}

const THIS_PROCESS: CommandWorld = {
  args: process.argv.slice(2),
  say: console.log,
  exit: (code) => process.exit(code),
  source: process,
  output: process.stdout,
  now: Date.now,
};

const INTERRUPTED = 130;

/**
 * Resolves with the exit code: 0 all is well, 1 it is not. Ends the process with 2 for wrong usage, and with 130 when it is
 * interrupted: after the first Ctrl-C or SIGTERM, or when nobody reads any more, once nothing is left of what was started, at the
 * second at once.
 */
export async function runCommand<Options>(
  { usage, parse, run }: Command<Options>,
  { args, say, exit, source, output, now }: CommandWorld = THIS_PROCESS,
): Promise<number> {
  if (args.includes('--help')) {
    say(usage);
    return 0;
  }
  const options = orExit(() => explain(usage, () => parse(args)));
  const interruption = new AbortController();
  const { signal } = interruption;
  let reached = (): string => 'nothing';
  const stopListening = listenForStopSignals({
    onStop: () => {
      say(`Interrupted. Until now: ${reached()}.`);
      // What runs beside the part that is waited for fails now, and nobody waits for it.
      source.on('unhandledRejection', () => {});
      interruption.abort();
    },
    onStopAtOnce: () => exit(INTERRUPTED),
    source,
    now,
  });
  output.once('error', () => source.emit('SIGTERM'));
  output.on('error', () => {});
  try {
    const isFine = await run(options, {
      signal,
      tellBy: (tell) => {
        reached = tell;
      },
    });
    if (!signal.aborted) return isFine ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    if (!isAbort(error)) say(`While it ended: ${String(error)}`);
  } finally {
    stopListening();
  }
  exit(INTERRUPTED);
  return INTERRUPTED;
}

/** Of Node, or of a stack that was still starting. */
const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'aborted'));

function explain<Result>(usage: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${error.message}\n\n${usage}`) : error;
  }
}
