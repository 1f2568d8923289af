import assert from 'node:assert/strict';
import {
  type Change,
  DEFAULT_POLICY,
  type Decision,
  decide,
  type JobEvent,
  type Policy,
  type RunningJob,
  type Stored,
  storedFrom,
} from '../../../lib/core/index.ts';
import { NOW } from '../sample-jobs.ts';
import type { Action } from './actions.ts';
import { checkAcceptedChange, checkAcceptedClaim } from './invariants.ts';
import { type JobRecord, SingleJobStore } from './single-job-store.ts';

/**
 * One job and everybody who may touch it: any number of workers, each with the job as it was when he claimed it, producers and
 * callers who decide on what they read a while ago. After each accepted write the invariants are checked.
 */
export class World {
  readonly store: SingleJobStore;
  /** The events of all accepted writes, with what they led from and to. */
  readonly accepted: string[] = [];
  now = NOW;
  private readonly policy: Policy;
  private readonly reads: Stored[] = [];
  /** The latest claim first. */
  private readonly runs: RunningJob[] = [];
  /** Tokens of runs that their own worker ended. */
  private readonly endedByWorker = new Set<string>();
  private claims = 0;

  constructor(record: JobRecord, listCompleted: boolean) {
    this.store = new SingleJobStore('job-1', record);
    this.policy = { ...DEFAULT_POLICY, listCompleted };
  }

  act(action: Action): void {
    switch (action.kind) {
      case 'wait':
        this.now += action.ms;
        return;
      case 'wait-until-due':
        this.waitUntilDue();
        return;
      case 'read':
        this.reads.unshift(this.store.read());
        return;
      case 'steer':
        this.steer(action);
        return;
      case 'claim':
        this.claim(action);
        return;
      case 'settle':
        this.settle(action);
        return;
    }
  }

  private steer({ event, read }: Extract<Action, { kind: 'steer' }>): void {
    const attempt = Number(this.store.record['attempt']);
    this.apply(
      read === 'now' ? this.store.read() : this.reads[read],
      event.name === 'redrive' ? { ...event, attempt: attempt - event.attempt } : event,
    );
  }

  /** Does to what was read what an event asks for. True if that was written. */
  private apply(stored: Stored | undefined, event: JobEvent): boolean {
    return stored !== undefined && this.write(decide(stored, event, { now: this.now, policy: this.policy }), event);
  }

  waitUntilDue(): void {
    const { nextAt } = this.store.record;
    this.now = typeof nextAt === 'number' ? Math.max(this.now, nextAt) : this.now;
  }

  claim({ solo, fitMs, isAnswerLost }: Omit<Extract<Action, { kind: 'claim' }>, 'kind'>): RunningJob | undefined {
    this.claims += 1;
    const before = this.store.record;
    const claim = { id: 'job-1', token: `token-${this.claims}`, now: this.now, solo, fitMs, leaseMarginMs: 5_000 };
    const job = this.store.claim(claim);
    if (job !== undefined) {
      this.accepted.push(`claim ${before['status']} → running`);
      checkAcceptedClaim({ before, claim, after: job, stored: this.store.read() });
      if (!isAnswerLost) {
        this.runs.unshift(job);
      }
    }
    return job;
  }

  private settle({ run, event, forged }: Extract<Action, { kind: 'settle' }>): void {
    const job = this.runs[run];
    if (job === undefined) {
      return;
    }
    const copy: RunningJob = {
      ...job,
      ...(forged === 'token' ? { token: 'forged' } : {}),
      ...(forged === 'attempt' ? { attempt: job.attempt + 1 } : {}),
    };
    const isAccepted = this.apply(storedFrom(copy), event);
    if (isAccepted && event.name === 'progress') {
      // What a worker told, it knows; of what others did meanwhile it does not.
      this.runs[run] = { ...job, progress: event.value };
    }
    if (!isAccepted && forged === 'no') {
      this.settleAsRead(job, event);
    }
  }

  /** A worker whose outcome was refused reads the job: somebody may want it canceled, which is for this worker to write. */
  private settleAsRead({ token }: RunningJob, event: JobEvent): void {
    const stored = this.store.read();
    if (stored.kind === 'job' && stored.job.status === 'running' && stored.job.token === token) {
      const isAccepted = this.apply(stored, event);
      assert.ok(isAccepted, 'a refused outcome of the owner is accepted once the cancel request is known');
    }
  }

  private write(decision: Decision, event: JobEvent): boolean {
    if (decision.kind === 'refused') {
      return false;
    }
    const { change } = decision;
    const before = this.store.record;
    if (!this.store.write(change)) {
      return false;
    }
    this.accepted.push(`${change.event} ${change.from} → ${change.after.status}`);
    this.rememberEnd(change, before);
    checkAcceptedChange({
      before,
      event,
      decision,
      stored: this.store.read(),
      endedByWorker: this.endedByWorker,
      policy: this.policy,
    });
    return true;
  }

  private rememberEnd({ guard, after }: Change, before: JobRecord): void {
    if (guard.kind === 'own-run' && after.status !== 'running') {
      this.endedByWorker.add(String(before['token']));
    }
  }
}
