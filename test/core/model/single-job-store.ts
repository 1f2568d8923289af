import {
  type Change,
  type Claim,
  canClaim,
  claimedJob,
  type Guard,
  PLAIN_DEFAULTS,
  parseStored,
  type RunningJob,
  type Stored,
} from '../../../lib/core/index.ts';

export type JobRecord = Readonly<Record<string, unknown>>;

/**
 * The least that a store must do, for one job: it keeps the record, enforces guards and claims, and knows nothing of the
 * meaning of a field. Written apart from the product's stores, so that a fault of theirs cannot hide one of the core.
 */
export class SingleJobStore {
  record: JobRecord;
  private readonly id: string;

  constructor(id: string, record: JobRecord) {
    this.id = id;
    this.record = record;
  }

  read(): Stored {
    return parseStored(this.id, this.record, PLAIN_DEFAULTS);
  }

  write(change: Change): boolean {
    if (!this.admits(change.guard)) {
      return false;
    }
    const removed: readonly string[] = change.remove;
    const merged = Object.entries({ ...this.record, ...change.set });
    this.record = Object.fromEntries(merged.filter(([field]) => !removed.includes(field)));
    return true;
  }

  claim(claim: Claim): RunningJob | undefined {
    const stored = this.read();
    if (stored.kind !== 'job' || !stored.complete || !canClaim(stored.job, claim)) {
      return undefined;
    }
    const job = claimedJob(stored.job, claim);
    const { dispatches: _, ...kept } = this.record;
    this.record = { ...kept, ...job, input: kept['input'] };
    return job;
  }

  private admits(guard: Guard): boolean {
    const { status, attempt, token, nextAt, cancelRequested } = this.record;
    switch (guard.kind) {
      case 'as-read':
        return Object.entries({ status, attempt, nextAt, cancelRequested }).every(([field, value]) =>
          Object.is(value, guard.seen[field as keyof typeof guard.seen]),
        );
      case 'own-run':
        return (
          status === 'running' &&
          attempt === guard.attempt &&
          token === guard.token &&
          !(guard.unlessCancelRequested && cancelRequested !== undefined)
        );
      case 'dead-letter':
        return status === 'failed' && attempt === guard.attempt;
    }
  }
}
