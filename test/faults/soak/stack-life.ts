import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../../lib/core/index.ts';
import { type Part, type StackProcess, startStackProcess } from '../stack-process.ts';
import { type Doors, openDoors } from './doors.ts';

export interface StackLifeOptions {
  /** Where its data survive it. */
  readonly directory: string;
  readonly effects: string;
  readonly random: Random;
  readonly onLine: (text: string) => void;
  /** Aborted, nothing is killed or started any more: it is to be stopped. */
  readonly signal: AbortSignal;
}

const KILL_FIRST_MS = 500;
const KILL_LAST_MS = 3_000;
const RESTART_MS = 20_000;
/** How long anything of a killed stack may be left. */
const GONE_WITHIN_MS = 2_000;
const APP = fileURLToPath(new URL('../soak-app', import.meta.url));

/**
 * An `npm start` that somebody keeps killing: a function or an engine every half to three seconds, and npm itself, or the
 * runtime below it, twenty seconds after each time that the stack was ready. States: troubled, then left alone by
 * {@link leaveAlone}, then stopped.
 */
export class StackLife {
  private readonly options: StackLifeOptions;
  private readonly calm = new AbortController();
  private stack: StackProcess | undefined;
  private open: Doors | undefined;
  private trouble: Promise<unknown> = Promise.resolve();
  readonly kills = { function: 0, engine: 0, npm: 0, runtime: 0 };
  /** Kills of a whole stack after which something of it lived on for longer than it may; milliseconds. */
  readonly lateEnds: number[] = [];
  /** The longest time until nothing was left of a killed stack; milliseconds. */
  longestEndMs = 0;
  /** Times that the stack ended although nobody had killed it. */
  ownEnds = 0;

  constructor(options: StackLifeOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    await this.bringUp();
    this.trouble = Promise.all([this.killProcesses(), this.killStacks()]).catch((error: unknown) => {
      if (!this.options.signal.aborted) throw error;
    });
  }

  /** Of the stack that runs now; undefined while none does. */
  get doors(): Doors | undefined {
    return this.open;
  }

  get running(): StackProcess | undefined {
    return this.stack;
  }

  /** Nothing is killed any more; resolves once the stack is up. */
  async leaveAlone(): Promise<void> {
    this.calm.abort();
    await this.trouble;
    if (this.stack?.hasExited() !== false) await this.bringUp();
  }

  /** May be called again. */
  async stop(): Promise<void> {
    this.calm.abort();
    await this.trouble;
    this.open?.close();
    await this.stack?.close();
  }

  private async bringUp(): Promise<void> {
    const { directory, effects, onLine, signal } = this.options;
    this.stack = await startStackProcess({ app: APP, directory, onLine, signal });
    this.open = openDoors(this.stack.address, effects);
  }

  private async killProcesses(): Promise<void> {
    const { random } = this.options;
    while (await this.wait(KILL_FIRST_MS + random.next() * (KILL_LAST_MS - KILL_FIRST_MS))) {
      const candidates = this.open === undefined ? [] : this.parts('function', 'engine');
      const victim = candidates[Math.floor(random.next() * candidates.length)];
      if (victim === undefined || victim.kind === 'other') continue;
      try {
        process.kill(victim.pid, 'SIGKILL');
        this.kills[victim.kind] += 1;
      } catch {
        // It has ended by itself meanwhile.
      }
    }
  }

  private async killStacks(): Promise<void> {
    while (await this.wait(RESTART_MS)) {
      if (this.stack?.hasExited() === true) this.ownEnds += 1;
      this.open?.close();
      this.open = undefined;
      await this.killStack();
      await this.bringUp();
    }
  }

  private async killStack(): Promise<void> {
    const [runtime] = this.parts('runtime');
    const isNpm = runtime === undefined || this.options.random.next() < 0.5;
    if (this.stack?.hasExited() === false) {
      const endMs = await this.stack.end('SIGKILL', isNpm ? undefined : runtime.pid);
      this.longestEndMs = Math.max(this.longestEndMs, endMs);
      if (endMs > GONE_WITHIN_MS) this.lateEnds.push(endMs);
    }
    this.kills[isNpm ? 'npm' : 'runtime'] += 1;
  }

  private parts(...kinds: readonly Part['kind'][]): readonly Part[] {
    return this.stack?.list().filter(({ kind }) => kinds.includes(kind)) ?? [];
  }

  /** Resolves with false once the stack is to be left alone. */
  private async wait(ms: number): Promise<boolean> {
    const signal = AbortSignal.any([this.calm.signal, this.options.signal]);
    await delay(ms, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }
}
