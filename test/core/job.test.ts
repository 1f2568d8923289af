import { describe, expect, test } from 'vitest';
import {
  appendHistory,
  type CanceledJob,
  type CompletedJob,
  type DispatchedJob,
  type FailedJob,
  FINAL_STATUSES,
  FOREIGN_FIELDS,
  type HistoryEntry,
  isFinal,
  isFinalJob,
  isStatus,
  JOB_FIELDS,
  type QueuedJob,
  type RunningJob,
  STATUSES,
} from '../../lib/core/index.ts';
import { canceledJob, completedJob, dispatchedJob, failedJob, NOW, queuedJob, runningJob } from './sample-jobs.ts';

const ONE_OF_EACH = [queuedJob(), dispatchedJob(), runningJob(), completedJob(), failedJob(), canceledJob()];

describe('statuses', () => {
  test('are told from other values', () => {
    expect(STATUSES.every(isStatus)).toBe(true);
    expect(['Queued', '', undefined, null, 0].some(isStatus)).toBe(false);
  });

  test('end in three', () => {
    expect(STATUSES.filter(isFinal)).toEqual(FINAL_STATUSES);
    expect(ONE_OF_EACH.filter(isFinalJob).map(({ status }) => status)).toEqual(FINAL_STATUSES);
  });
});

describe('fields', () => {
  test('a job of any status has none that are foreign to it, and all of its fields are known', () => {
    for (const job of ONE_OF_EACH) {
      const fields = Object.keys(job);
      expect(fields.filter((field) => FOREIGN_FIELDS[job.status].some((foreign) => foreign === field))).toEqual([]);
      expect(fields.filter((field) => !JOB_FIELDS.some((known) => known === field))).toEqual([]);
    }
  });

  test('the types lack what is foreign to a status', () => {
    const readForeign = {
      // @ts-expect-error a job that waits holds no message count
      queued: (job: QueuedJob) => job.dispatches,
      // @ts-expect-error a job that waits for its message has no lease
      dispatched: (job: DispatchedJob) => job.leaseUntil,
      // @ts-expect-error a live job does not expire
      running: (job: RunningJob) => job.expiresAt,
      // @ts-expect-error a job that was done has no error
      completed: (job: CompletedJob) => job.error,
      // @ts-expect-error a job that failed has no result
      failed: (job: FailedJob) => job.result,
      // @ts-expect-error a job that was stopped is not to be stopped
      canceled: (job: CanceledJob) => job.cancelRequested,
    };

    expect(Object.keys(readForeign)).toEqual(Object.keys(FOREIGN_FIELDS));
  });
});

describe('history', () => {
  const entryAt = (at: number): HistoryEntry => ({ status: 'queued', at: NOW + at, attempt: 0 });

  test('keeps the last ten entries, oldest first', () => {
    const history = Array.from({ length: 10 }, (_, at) => entryAt(at));

    expect(appendHistory([], entryAt(0))).toEqual([entryAt(0)]);
    expect(appendHistory(history, entryAt(10))).toEqual([...history.slice(1), entryAt(10)]);
  });

  test('cuts a history that somebody else made too long', () => {
    const history = Array.from({ length: 500 }, (_, at) => entryAt(at));

    expect(appendHistory(history, entryAt(500))).toHaveLength(10);
  });
});
