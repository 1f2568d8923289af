import assert from 'node:assert/strict';
import {
  type Change,
  type Claim,
  type Decision,
  FOREIGN_FIELDS,
  isAllowed,
  isFinalJob,
  isLiveLane,
  isStatus,
  type Job,
  type JobEvent,
  type JobFields,
  type Policy,
  type RunningJob,
  type Status,
  type Stored,
} from '../../../lib/core/index.ts';
import type { JobRecord } from './single-job-store.ts';

export interface AcceptedChange {
  readonly before: JobRecord;
  readonly event: JobEvent;
  readonly decision: Extract<Decision, { kind: 'change' }>;
  /** What the store reads after the write. */
  readonly stored: Stored;
  /** Tokens of runs whose end their own worker wrote. */
  readonly endedByWorker: ReadonlySet<string>;
  readonly policy: Policy;
}

export interface AcceptedClaim {
  readonly before: JobRecord;
  readonly claim: Claim;
  readonly after: RunningJob;
  readonly stored: Stored;
}

const RUN_EVENTS = ['complete', 'fail', 'unknown-type', 'interrupt', 'progress'];
const EVENTS_OF_OTHERS = ['await-lease', 'lease-ended', 'honor-cancel', 'cancel', 'reject'];
const REOPENING = ['retry', 'redrive'];

/** Everything that must hold after any accepted write, whoever made it and whatever he knew. */
export function checkAcceptedChange(accepted: AcceptedChange): void {
  const { before, event, decision, stored, endedByWorker, policy } = accepted;
  const job = expectCompleteJob(stored);
  checkTable(decision.change, before);
  assert.equal(job.attempt, before['attempt'] ?? 0, 'only a claim counts, and nothing counts down');
  checkFence(decision.change, event, before);
  checkFinality(event, before, job);
  checkShape(job, policy);
  checkBudgets(job);
  checkConsequences(decision);
  checkStored(decision.change, event, job);
  if (before['suspect'] === true) {
    assert.equal(job.suspect, REOPENING.includes(event.name) ? undefined : true, 'only a person lifts a suspicion');
  }
  if (job.token !== undefined && job.status !== 'running' && job.token !== 'made up') {
    assert.ok(endedByWorker.has(job.token), 'a token that is left tells that the own outcome landed');
  }
}

export function checkAcceptedClaim({ before, claim, after, stored }: AcceptedClaim): void {
  assert.ok(isAllowed('claim', statusOf(before), after.status));
  assert.equal(after.attempt, Number(before['attempt']) + 1, 'a claim counts the attempt');
  assert.equal(after.nextAt, before['nextAt'], 'a claim costs no index write');
  assert.equal(after.token, claim.token);
  assert.ok(after.suspect === undefined || claim.solo, 'a suspect runs alone');
  assert.ok(before['cancelRequested'] === undefined, 'nobody wants it canceled');
  assert.deepEqual(expectCompleteJob(stored), after);
}

function expectCompleteJob(stored: Stored): Job {
  assert.ok(stored.kind === 'job' && stored.complete, `not a complete job: ${JSON.stringify(stored)}`);
  return stored.job;
}

function statusOf(record: JobRecord): Status | undefined {
  return isStatus(record['status']) ? record['status'] : undefined;
}

function checkTable({ event, from, after, set, remove }: Change, before: JobRecord): void {
  assert.equal(from, statusOf(before));
  assert.ok(isAllowed(event, from, after.status), `${event} from ${from} to ${after.status}`);
  assert.ok(!remove.some((field) => field in set), 'a store cannot set and remove the same field');
  assert.ok(Object.values(set).every((value) => value !== undefined));
}

/** Nothing about a run is written without its attempt and token, and only few others may touch a job that runs. */
function checkFence({ guard, event }: Change, { name }: JobEvent, before: JobRecord): void {
  if (RUN_EVENTS.includes(name)) {
    assert.ok(guard.kind === 'own-run' && before['status'] === 'running');
    assert.ok(
      guard.attempt === before['attempt'] && guard.token === before['token'],
      'a stale or forged run was heard',
    );
  } else if (before['status'] === 'running') {
    assert.ok(EVENTS_OF_OTHERS.includes(event), `${event} touched a running job`);
  }
}

function checkFinality({ name }: JobEvent, before: JobRecord, job: Job): void {
  const wasFinal = ['completed', 'failed', 'canceled'].includes(String(before['status']));
  if (wasFinal && job.status !== before['status']) {
    assert.ok(REOPENING.includes(name), `${name} re-opened a job`);
    assert.ok(job.failures === 0 && job.crashes === 0 && before['status'] !== 'completed');
  }
}

function checkShape(job: Job, policy: Policy): void {
  const fields: JobFields = job;
  const foreign: readonly (keyof JobFields)[] = FOREIGN_FIELDS[job.status];
  assert.ok(!foreign.some((field) => fields[field] !== undefined), `a ${job.status} job has what is foreign to it`);
  assert.ok(job.history.length <= 10);
  if (isFinalJob(job)) {
    assert.ok(Number.isSafeInteger(job.finishedAt) && Number.isSafeInteger(job.expiresAt / 1_000));
    assert.ok(job.expiresAt - job.finishedAt >= policy.retentionMs);
    assert.ok(job.lane === undefined || !isLiveLane(job.lane));
    assert.equal(job.lane !== undefined, job.status === 'failed' || policy.listCompleted);
    assert.equal(job.nextAt !== undefined, job.lane !== undefined);
  } else {
    assert.ok(isLiveLane(job.lane) && Number.isSafeInteger(job.nextAt), 'a job was forgotten');
    assert.equal(fields.expiresAt, undefined);
  }
}

function checkBudgets(job: Job): void {
  if (!isFinalJob(job)) {
    assert.ok(job.failures < job.maxAttempts && job.crashes < job.maxCrashes, 'a budget was overdrawn');
  }
}

/** A message follows from a job that waits for it, a dead letter from one that has just failed. */
function checkConsequences({ change, send, deadLetter }: AcceptedChange['decision']): void {
  const { after, from, event } = change;
  assert.equal(deadLetter !== undefined, after.status === 'failed' && from !== 'failed');
  assert.equal(send !== undefined, after.status === 'dispatched' && event !== 'send-failed');
  if (send !== undefined) {
    assert.ok(send.delayMs >= 0 && send.delayMs <= 900_000, 'a queue cannot delay for so long');
    assert.ok(Number(after.nextAt) > after.dueAt, 'looked at again before the message could arrive');
  }
}

/**
 * What core says the job is afterwards is what stands in the store. Some may know less: a run that goes on (of `nextAt` and of a
 * cancel request), whoever read a running job before its latest progress, and whoever redrives a job that was put in order since
 * he read it (of an input that was dropped).
 */
function checkStored({ after, from }: Change, { name }: JobEvent, job: Job): void {
  if (name === 'progress') {
    assert.ok(job.status === 'running' && job.token === after.token && job.progress === after.progress);
  } else if (from === 'running' && !RUN_EVENTS.includes(name)) {
    assert.deepEqual({ ...job, progress: undefined }, { ...after, progress: undefined });
  } else if (name === 'redrive') {
    assert.deepEqual({ ...job, input: undefined }, { ...after, input: undefined });
  } else {
    assert.deepEqual(job, after);
  }
}
