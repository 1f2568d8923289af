import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../lib/core/index.ts';
import { type Doors, openDoors } from './doors.ts';
import { type StackProcess, startStackProcess } from './stack-process.ts';

export interface StackLifeOptions {
  readonly data: string;
  readonly effects: string;
  readonly random: Random;
  readonly onLine: (text: string) => void;
}

const KILL_FIRST_MS = 500;
const KILL_LAST_MS = 3_000;
const RESTART_MS = 20_000;

/**
 * A stack that somebody keeps killing: one of its processes every half to three seconds, and all of it twenty seconds after
 * each time that it was ready. States: troubled, then left alone by {@link leaveAlone}, then stopped.
 */
export class StackLife {
  private readonly options: StackLifeOptions;
  private readonly calm = new AbortController();
  private stack: StackProcess | undefined;
  private open: Doors | undefined;
  private trouble: Promise<unknown> = Promise.resolve();
  readonly kills = { function: 0, engine: 0, stack: 0 };
  /** Times that the stack ended although nobody had killed it. */
  ownEnds = 0;

  constructor(options: StackLifeOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    await this.bringUp();
    this.trouble = Promise.all([this.killProcesses(), this.killStacks()]);
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

  async stop(): Promise<void> {
    this.calm.abort();
    await this.trouble;
    this.open?.close();
    await this.stack?.end('SIGTERM');
  }

  private async bringUp(): Promise<void> {
    const { data, effects, onLine } = this.options;
    this.stack = await startStackProcess(data, onLine);
    this.open = openDoors(this.stack.address, effects);
  }

  private async killProcesses(): Promise<void> {
    const { random } = this.options;
    while (await this.wait(KILL_FIRST_MS + random.next() * (KILL_LAST_MS - KILL_FIRST_MS))) {
      const candidates = this.open === undefined ? [] : (this.stack?.list() ?? []);
      const victim = candidates[Math.floor(random.next() * candidates.length)];
      if (victim === undefined) continue;
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
      await this.stack?.end('SIGKILL');
      this.kills.stack += 1;
      await this.bringUp();
    }
  }

  /** Resolves with false once the stack is to be left alone. */
  private async wait(ms: number): Promise<boolean> {
    const { signal } = this.calm;
    await delay(ms, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }
}
