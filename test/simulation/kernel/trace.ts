import { hashText } from './draw.ts';
import { type Scheduler, START_AT } from './scheduler.ts';

/** What happened in a world, one line each. The hash of all lines says whether two courses were the same. */
export class Trace {
  readonly lines: string[] = [];
  private readonly scheduler: Scheduler;
  private readonly keepsLines: boolean;
  private state = 0x811c9dc5;

  constructor(scheduler: Scheduler, keepsLines: boolean) {
    this.scheduler = scheduler;
    this.keepsLines = keepsLines;
  }

  get hash(): string {
    return this.state.toString(16).padStart(8, '0');
  }

  add(line: string): void {
    const timed = `${this.scheduler.now - START_AT} ${line}`;
    this.state = hashText(timed, this.state);
    if (this.keepsLines) {
      this.lines.push(timed);
    }
  }
}
