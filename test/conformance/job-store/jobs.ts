import { expect } from 'vitest';
import {
  type Change,
  type Claim,
  createJob,
  DEFAULT_POLICY,
  type DecisionContext,
  decide,
  type Job,
  type JobEvent,
  type NewJob,
  PLAIN_DEFAULTS,
  type RunningJob,
  type Stored,
  type StoredJob,
} from '../../../lib/core/index.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export const NOW = 1_732_420_800_000;
export const HOUR = 3_600_000;

let count = 0;

/** An id that no other test uses. */
export function nextId(): string {
  count += 1;
  return `job-${count}`;
}

/** Lanes of its own for a test that looks into the index. */
export function ownPolicy(): DecisionContext['policy'] {
  count += 1;
  return { ...DEFAULT_POLICY, queueName: `queue-${count}`, shards: 1 };
}

export function newJob(options: Partial<NewJob> = {}, policy = DEFAULT_POLICY): Job {
  const { job } = createJob(
    {
      id: nextId(),
      type: 'sleep',
      input: '{"seconds":1}',
      dueAt: NOW,
      defaults: PLAIN_DEFAULTS('sleep'),
      ...options,
    },
    { now: NOW, policy },
  );
  return job;
}

export interface RawItem extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

/** The item with the fewest attributes that works, and more of them; undefined takes one away. */
export function rawItem(fields: Readonly<Record<string, unknown>> = {}): RawItem {
  const item = {
    type: 'sleep',
    status: 'queued',
    input: '{"seconds":1}',
    lane: 'default#live#0',
    nextAt: NOW,
    ...fields,
  };
  return { id: nextId(), ...Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) };
}

/** A raw item that lacks nothing. */
export function completeRawItem(fields: Readonly<Record<string, unknown>> = {}): RawItem {
  return rawItem({
    attempt: 0,
    failures: 0,
    crashes: 0,
    maxAttempts: 5,
    maxCrashes: 2,
    timeoutMs: 30_000,
    createdAt: NOW,
    dueAt: NOW,
    history: [],
    ...fields,
  });
}

export function claimOf(id: string, fields: Partial<Claim> = {}): Claim {
  return { id, token: `token-of-${id}`, now: NOW, solo: false, fitMs: undefined, leaseMarginMs: 5_000, ...fields };
}

export async function readOne({ store }: StoreUnderTest, id: string): Promise<Stored> {
  const [stored] = await store.read([id]);
  return stored ?? expect.fail('a read answers one result for each id');
}

export async function readJob(under: StoreUnderTest, id: string): Promise<StoredJob> {
  const stored = await readOne(under, id);
  return stored.kind === 'job' ? stored : expect.fail(`expected a job under ${id}, got ${JSON.stringify(stored)}`);
}

/** A job in the store, as its reader sees it. */
export async function putJob(under: StoreUnderTest, options: Partial<NewJob> = {}): Promise<StoredJob> {
  const job = newJob(options);
  expect(await under.store.create([job])).toEqual([{ kind: 'created' }]);
  return await readJob(under, job.id);
}

export async function claimJob(under: StoreUnderTest, id: string, fields: Partial<Claim> = {}): Promise<RunningJob> {
  const [result] = await under.store.claim([claimOf(id, fields)]);
  return result?.kind === 'claimed' ? result.job : expect.fail(`not claimed: ${JSON.stringify(result)}`);
}

/** A job that one worker runs. */
export async function runJob(under: StoreUnderTest, fields: Partial<Claim> = {}): Promise<RunningJob> {
  const { job } = await putJob(under);
  return await claimJob(under, job.id, fields);
}

export function changeOf(stored: Stored, event: JobEvent, context: Partial<DecisionContext> = {}): Change {
  const decision = decide(stored, event, { now: NOW, policy: DEFAULT_POLICY, ...context });
  return decision.kind === 'change' ? decision.change : expect.fail(`refused: ${decision.reason}`);
}

/** Writes a change that must be accepted. */
export async function apply(under: StoreUnderTest, change: Change): Promise<Job> {
  expect(await under.store.write([change])).toEqual([{ kind: 'accepted' }]);
  return change.after;
}

/** Text of which compression leaves three quarters at least: six random bits in each character. */
export function noise(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  let state = 42;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return alphabet.charAt(state >>> 26);
  }).join('');
}
