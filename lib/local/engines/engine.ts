import { setTimeout as delay } from 'node:timers/promises';
import type { AccessRecord } from '../iam/index.ts';
import { type Child, type ChildExit, resolveOwnEntry, type Spawner } from '../processes/index.ts';
import type { EngineFailed, EngineMessage, EngineReady } from './engine-messages.ts';
import { EngineError } from './errors.ts';

/** A stack that was killed leaves its port and its database within this time: its reaper is quicker than we start. */
const DEFAULT_HANDOVER_MS = 3_000;

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 2_000;

/** An engine that has run this long has not crashed because of its start, and is started again without a pause. */
const STABLE_MS = 5_000;

/** So many ends in a row, none of them after a stable run, are a crash loop: nothing suggests that the next start helps. */
const MAX_EARLY_ENDS = 5;

export interface EngineOptions {
  /** As in a line on the terminal: `DynamoDB engine`. */
  readonly name: string;
  /** The module that the process runs, without its ending. */
  readonly entry: URL;
  /** Options of each start, as the process wants them; given the ports of the last one, so that those stay the same. */
  readonly options: (ports: readonly number[] | undefined) => object;
  readonly spawner: Spawner;
  readonly env: Readonly<Record<string, string>>;
  /** For Node itself, such as `--inspect`. */
  readonly nodeArguments?: readonly string[];
  /** How long a port or a database in use is waited for. @default 3000 */
  readonly handoverMs?: number;
  readonly onNotice: (text: string) => void;
  readonly onAccess?: (record: AccessRecord) => void;
}

/** `ended`: the process is gone before it answered, and its successor is on the way. */
type RequestAnswer = { readonly kind: 'done'; readonly error?: string } | { readonly kind: 'ended' };

type OnAnswer = (request: number, answer: RequestAnswer) => void;

/**
 * One engine's process, started again whenever it ends unasked, with the same ports and data.
 *
 * States: starting → ready → (ended → starting …) → stopped, or given up in a crash loop.
 */
export class Engine {
  private readonly options: EngineOptions;
  private readonly stopping = new AbortController();
  private readonly pending = new Map<number, (answer: RequestAnswer) => void>();
  private lastRequest = 0;
  private running = true;
  private child: Child;
  private ready: EngineReady;
  private readonly supervision: Promise<void>;
  private earlyEnds = 0;
  private giveUp: (error: EngineError) => void = () => {};
  /** Settles only if the process is in a crash loop: then it is not started again. */
  readonly givenUp: Promise<EngineError> = new Promise((resolve) => {
    this.giveUp = resolve;
  });

  private constructor(options: EngineOptions, child: Child, ready: EngineReady) {
    this.options = options;
    this.child = child;
    this.ready = ready;
    this.supervision = this.supervise();
  }

  /** Rejects with {@link EngineError} if it cannot start; a port or a database in use is waited for a moment. */
  static async start(options: EngineOptions): Promise<Engine> {
    const giveUpAt = Date.now() + (options.handoverMs ?? DEFAULT_HANDOVER_MS);
    let retryMs = FIRST_RETRY_MS;
    while (true) {
      // The engine does not exist before its process is ready, and a process answers no request before that.
      let engine: Engine | undefined;
      const { child, outcome } = await launch(options, undefined, (...answer) => engine?.onAnswer(...answer));
      if (outcome.kind === 'ready') {
        engine = new Engine(options, child, outcome);
        return engine;
      }
      if (outcome.reason === 'failed' || Date.now() > giveUpAt) {
        throw new EngineError(options.name, outcome.reason, outcome.message, outcome.port);
      }
      await delay(retryMs);
      retryMs *= 2;
    }
  }

  /** In the order of the process's options. */
  get ports(): readonly number[] {
    return this.ready.ports;
  }

  /** Of the process that runs now. */
  get pid(): number {
    return this.child.pid;
  }

  /** Rejects with {@link EngineError} if the process refuses the request. */
  async request(message: { readonly kind: string }): Promise<RequestAnswer['kind']> {
    if (!this.running) {
      return 'ended';
    }
    this.lastRequest += 1;
    const request = this.lastRequest;
    const answer = await new Promise<RequestAnswer>((resolve) => {
      this.pending.set(request, resolve);
      this.child.send({ ...message, request });
    });
    if (answer.kind === 'done' && answer.error !== undefined) {
      throw new EngineError(this.options.name, 'failed', answer.error);
    }
    return answer.kind;
  }

  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.stopping.abort();
    await this.child.stop({ graceMs });
    await this.supervision;
  }

  private async supervise(): Promise<void> {
    const { name, onNotice } = this.options;
    while (true) {
      const readyAt = Date.now();
      if (this.ready.notice !== undefined) {
        onNotice(`${name}: ${this.ready.notice}`);
      }
      const exit = describeExit(await this.child.exited);
      this.running = false;
      for (const request of this.pending.keys()) {
        this.onAnswer(request, { kind: 'ended' });
      }
      if (this.stopping.signal.aborted) {
        return;
      }
      this.earlyEnds = Date.now() - readyAt > STABLE_MS ? 0 : this.earlyEnds + 1;
      onNotice(`${name}: ${exit}, starting it again`);
      const lastWords = await this.restart(exit);
      if (!this.running) {
        this.giveUp(new EngineError(name, 'crash-loop', describeCrashLoop(lastWords)));
        return;
      }
    }
  }

  /** Leaves the engine running, stopped, or in a crash loop; resolves with what was last heard of the process. */
  private async restart(exit: string): Promise<string> {
    const { signal } = this.stopping;
    let lastWords = exit;
    let waitMs = this.earlyEnds === 0 ? 0 : FIRST_RETRY_MS;
    while (!signal.aborted && this.earlyEnds < MAX_EARLY_ENDS) {
      await delay(waitMs, undefined, { signal }).catch(() => {});
      const { child, outcome } = await launch(this.options, this.ready.ports, (...answer) => this.onAnswer(...answer));
      this.child = child;
      if (signal.aborted) {
        child.kill();
      } else if (outcome.kind === 'ready') {
        this.ready = outcome;
        this.running = true;
        return lastWords;
      } else {
        this.earlyEnds += 1;
        lastWords = outcome.message;
      }
      waitMs = Math.min(Math.max(waitMs * 2, FIRST_RETRY_MS), MAX_RETRY_MS);
    }
    return lastWords;
  }

  private onAnswer(request: number, answer: RequestAnswer): void {
    this.pending.get(request)?.(answer);
    this.pending.delete(request);
  }
}

/** Starts a process and waits for its word, or its end. */
async function launch(
  { name, entry, env, nodeArguments = [], options, spawner, onNotice, onAccess }: EngineOptions,
  ports: readonly number[] | undefined,
  onAnswer: OnAnswer,
): Promise<{ readonly child: Child; readonly outcome: EngineReady | EngineFailed }> {
  let settle: (message: EngineReady | EngineFailed) => void = () => {};
  const said = new Promise<EngineReady | EngineFailed>((resolve) => {
    settle = resolve;
  });
  const child = spawner.spawn({
    name,
    args: [
      // dynalite and fauxqs call functions that newer Node releases warn about; nobody here can change that.
      '--no-deprecation',
      ...nodeArguments,
      ...resolveOwnEntry(entry),
      JSON.stringify(options(ports)),
    ],
    env,
    onLine: ({ text }) => onNotice(`${name}: ${text}`),
    onMessage: (message) => {
      const received = message as EngineMessage;
      if (received.kind === 'done') {
        onAnswer(received.request, received);
      } else if (received.kind === 'access') {
        onAccess?.(received.record);
      } else {
        settle(received);
      }
    },
  });
  const ended = child.exited.then(
    (exit): EngineFailed => ({ kind: 'failed', reason: 'failed', message: describeExit(exit) }),
  );
  return { child, outcome: await Promise.race([said, ended]) };
}

const describeExit = ({ code, signal }: ChildExit): string => `its process ended (${signal ?? `exit code ${code}`})`;

const describeCrashLoop = (lastWords: string): string =>
  `it ended ${MAX_EARLY_ENDS} times in a row within ${STABLE_MS / 1_000} s of its start, the last time because ${lastWords}. ` +
  'Look at the lines above; if its data is damaged, start with another --data DIR.';
