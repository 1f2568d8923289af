import type { TypeReport } from './type-check.ts';

export interface TypeGateOptions {
  /** Never rejects; undefined if nothing was checked. */
  readonly check: (jobsDirectories: readonly string[]) => Promise<TypeReport | undefined>;
  readonly onLine: (text: string, level: 'info' | 'warn' | 'error') => void;
  /** How long new code waits for a compiler that has not answered yet, in milliseconds. */
  readonly coldLimitMs?: number;
}

/** What the compiler thinks of code that is about to run. */
export interface TypeVerdict {
  /**
   * Whether types are no reason to hold this code back; what does not fit has been shown then. Resolves with true when the
   * time to wait is over, and never rejects.
   */
  readonly mayRun: Promise<boolean>;
  /** This code runs: its errors are no news any more. */
  readonly keep: () => void;
}

/** Of the two seconds in which an edit should run: just after the start the compiler may not have read everything yet. */
const COLD_LIMIT_MS = 1_500;

/** Later it needs some hundred milliseconds, and more only where everything does. */
const WARM_LIMIT_MS = 10_000;

const HELD = 'The code before goes on running, types do not fit:';
const RUNS = 'types do not fit; that keeps only new code with other errors from running:';
const KNOWN = 'types do not fit, nor did they before; that alone keeps no code from running:';
const LATE = 'types do not fit; the check took too long to hold the code back:';

/**
 * Keeps code from running that has type errors which the running code does not have. Old errors hold nothing back: a
 * project that has some could not be worked on otherwise.
 */
export class TypeGate {
  private readonly options: TypeGateOptions;
  /** Errors of the code that runs. */
  private known: ReadonlySet<string> = new Set();
  private hadErrors = false;
  private isWarm = false;

  constructor(options: TypeGateOptions) {
    this.options = options;
  }

  /** Of the code that runs from the start. */
  begin(jobsDirectories: readonly string[]): void {
    this.check(jobsDirectories)
      .then((report) => {
        this.known = report?.errors ?? this.known;
        this.tell(report, RUNS, 'warn');
      })
      .catch(() => {});
  }

  /** @param signal silences the verdict on code that newer code takes the place of */
  judge(jobsDirectories: readonly string[], signal: AbortSignal): TypeVerdict {
    let isLate = false;
    let report: TypeReport | undefined;
    const judged = this.check(jobsDirectories).then((checked) => {
      report = checked;
      if (signal.aborted) return true;
      const isHeld = [...(report?.errors ?? [])].some((error) => !this.known.has(error));
      if (isLate) this.tell(report, LATE, 'warn');
      else this.tell(report, isHeld ? HELD : KNOWN, isHeld ? 'error' : 'warn');
      return !isHeld;
    });
    const limitMs = this.isWarm ? WARM_LIMIT_MS : (this.options.coldLimitMs ?? COLD_LIMIT_MS);
    const mayRun = new Promise<boolean>((resolve) => {
      const limit = setTimeout(() => {
        isLate = true;
        resolve(true);
      }, limitMs);
      const giveUp = (): void => {
        clearTimeout(limit);
        resolve(true);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      judged.then((isFit) => resolve(isFit), giveUp).finally(() => clearTimeout(limit));
    });
    const keep = (): void => {
      judged
        .then(() => {
          this.known = report?.errors ?? this.known;
        })
        .catch(() => {});
    };
    return { mayRun, keep };
  }

  private async check(jobsDirectories: readonly string[]): Promise<TypeReport | undefined> {
    const report = await this.options.check(jobsDirectories);
    this.isWarm = true;
    return report;
  }

  private tell(report: TypeReport | undefined, words: string, level: 'warn' | 'error'): void {
    if (report === undefined) return;
    const hasErrors = report.errors.size > 0;
    if (hasErrors) this.options.onLine(`${words}\n\n${report.text}`, level);
    else if (this.hadErrors) this.options.onLine('types fit again', 'info');
    this.hadErrors = hasErrors;
  }
}
