import type { Hunt } from '../run/hunt.ts';
import { RARE_BRANCHES, type RareBranch } from '../run/rare-branches.ts';
import { createTally, type Tally } from '../run/simulate.ts';
import { VARIANTS } from '../variants/index.ts';

export interface ReportOptions {
  readonly say: (line: string) => void;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  /** Broken variants and rare branches are asked for, too. */
  readonly isWhole: boolean;
}

/** What a run has come to, part by part. What it has come to so far can be told at any time. */
export class Report {
  private readonly options: ReportOptions;
  private readonly startedAt: number;
  private readonly tallies: Tally[] = [];
  private caught = 0;

  constructor(options: ReportOptions) {
    this.options = options;
    this.startedAt = options.now();
  }

  /** No violation, and where the run is a whole one, every variant caught and every rare branch reached. */
  get isGood(): boolean {
    return (
      this.sum('violations') === 0 &&
      (!this.options.isWhole || (this.caught === VARIANTS.length && this.missed.length === 0))
    );
  }

  /** Counts one part while it runs, and tells what came of it when it has ended. */
  async part(title: string, run: (tally: Tally) => Promise<void>): Promise<void> {
    const { say, now } = this.options;
    const tally = createTally();
    this.tallies.push(tally);
    const startedAt = now();
    await run(tally);
    for (const failure of tally.failures) {
      say(failure);
    }
    const trace = tally.courses === 1 ? `, trace ${tally.hash}` : '';
    say(
      `${title}: ${tally.courses} courses, ${tally.violations} violations${trace} (${toSeconds(now() - startedAt)} s)`,
    );
  }

  variant(name: string, { isCaught, courses, violation }: Hunt): void {
    this.caught += Number(isCaught);
    const how = isCaught ? `caught in course ${courses}` : `NOT caught in ${courses} courses`;
    this.options.say(`broken variant "${name}": ${how}: ${violation ?? 'no violation'}`);
  }

  /** To be asked for at the end: before, branches are missed because nobody has looked. */
  tellMissed(): void {
    for (const branch of this.options.isWhole ? this.missed : []) {
      this.options.say(
        `rare branch not reached: "${branch}" (more seeds of the scenario ${RARE_BRANCHES[branch]} reach it)`,
      );
    }
  }

  summarize(): void {
    const { say, now, isWhole } = this.options;
    const branches = Object.keys(RARE_BRANCHES).length;
    say(
      `${this.sum('courses')} courses with ${this.sum('faults')} drawn faults in ${toSeconds(now() - this.startedAt)} s`,
    );
    say(`${this.sum('violations')} violations`);
    if (isWhole) {
      say(`${this.caught} of ${VARIANTS.length} broken variants caught`);
      say(`${branches - this.missed.length} of ${branches} rare branches reached`);
    }
  }

  private get missed(): readonly RareBranch[] {
    const reached = new Set(this.tallies.flatMap((tally) => [...tally.reached]));
    return (Object.keys(RARE_BRANCHES) as RareBranch[]).filter((branch) => !reached.has(branch));
  }

  private sum(what: 'courses' | 'faults' | 'violations'): number {
    return this.tallies.reduce((sum, tally) => sum + tally[what], 0);
  }
}

function toSeconds(ms: number): string {
  return (ms / 1_000).toFixed(0);
}
