import {
  AccessError,
  type Change,
  type Claim,
  type ClaimResult,
  type CreateResult,
  canClaim,
  claimedJob,
  type DefaultsOf,
  type DueIds,
  type DuePage,
  isStorableId,
  type Job,
  type JobStore,
  PLAIN_DEFAULTS,
  parseStored,
  type Stored,
  type WriteResult,
} from '../core/index.ts';
import { findDueIds } from './due-ids.ts';
import { admits } from './guards.ts';
import { byteLengthOf, isSurelySmall, type JobRecord, toRecord } from './record.ts';
import { RecordShelf } from './record-shelf.ts';

export interface MemoryJobStoreOptions {
  /** Fills in what a raw put lacks. Default: the plain defaults for every type. */
  readonly defaultsOf?: DefaultsOf;
  /** Larger records are refused as `invalid`. Default: 400 KB, as DynamoDB has it. */
  readonly maxItemBytes?: number;
  /** Told of every record that is put, with what was there before, in the same step. */
  readonly onPut?: (after: JobRecord, before: JobRecord | undefined) => void;
}

/** A store in memory, with what only its owner may do to it: look at the records and plant some of any shape. */
export interface MemoryJobStore extends JobStore {
  /** Puts a record as somebody with access to the table would: unchecked, overwriting what was there. */
  putRaw(record: JobRecord): void;
  /** A copy of the record as it is kept; undefined when there is none. */
  getRaw(id: string): JobRecord | undefined;
  /** Removes a record, as the end of its retention does. */
  deleteRaw(id: string): void;
  /** Copies of all records, in no order that means anything. */
  listRaw(): readonly JobRecord[];
}

const MAX_ITEM_BYTES = 400 * 1_024;

/**
 * The job store with the behaviour of the real one: conditions and writes in one step, records that may be of any shape,
 * an index that follows them. Nothing is kept beyond the process.
 */
export function createMemoryJobStore(options: MemoryJobStoreOptions = {}): MemoryJobStore {
  return new InMemoryJobStore(options);
}

class InMemoryJobStore implements MemoryJobStore {
  private readonly records = new RecordShelf();
  /** What records say, for as long as they are kept: a record is replaced, never changed, and a backlog is read over and over. */
  private readonly parsed = new WeakMap<JobRecord, Stored>();
  private readonly defaultsOf: DefaultsOf;
  private readonly maxItemBytes: number;
  private readonly onPut: MemoryJobStoreOptions['onPut'];

  constructor(options: MemoryJobStoreOptions) {
    this.defaultsOf = options.defaultsOf ?? PLAIN_DEFAULTS;
    this.maxItemBytes = options.maxItemBytes ?? MAX_ITEM_BYTES;
    this.onPut = options.onPut;
  }

  async create(jobs: readonly Job[]): Promise<readonly CreateResult[]> {
    return jobs.map((job) => this.createOne(job));
  }

  async read(ids: readonly string[]): Promise<readonly Stored[]> {
    return ids.map((id) => this.readOne(id));
  }

  async claim(claims: readonly Claim[]): Promise<readonly ClaimResult[]> {
    return claims.map((claim) => this.claimOne(claim));
  }

  async write(changes: readonly Change[]): Promise<readonly WriteResult[]> {
    return changes.map((change) => this.writeOne(change));
  }

  async findDue(page: DuePage): Promise<DueIds> {
    return findDueIds(this.records.inLane(page.lane), page);
  }

  putRaw(record: JobRecord): void {
    this.replace(structuredClone(record));
  }

  getRaw(id: string): JobRecord | undefined {
    const record = this.records.get(id);
    return record === undefined ? undefined : structuredClone(record);
  }

  deleteRaw(id: string): void {
    this.records.remove(id);
  }

  listRaw(): readonly JobRecord[] {
    return [...this.records.all()].map((record) => structuredClone(record));
  }

  private createOne(job: Job): CreateResult {
    if (!isStorableId(job.id)) {
      return invalid('The id cannot be stored: expected 1 to 2,048 bytes of well-formed text. Choose another id.');
    }
    if (this.records.get(job.id) !== undefined) {
      return { kind: 'exists', current: this.readOne(job.id) };
    }
    return this.put(toRecord(job)) ?? { kind: 'created' };
  }

  private readOne(id: string): Stored {
    const record = this.records.get(id);
    if (record === undefined) {
      return { kind: 'absent', id };
    }
    const stored = this.parsed.get(record) ?? parseStored(id, record, this.defaultsOf);
    this.parsed.set(record, stored);
    return stored;
  }

  private claimOne(claim: Claim): ClaimResult {
    const current = this.readOne(claim.id);
    if (current.kind !== 'job' || !current.complete || !canClaim(current.job, claim)) {
      return { kind: 'refused', current };
    }
    const job = claimedJob(current.job, claim);
    const { dispatches: _, ...kept } = this.records.get(claim.id) ?? {};
    // What its author wrote stays: from a raw put the input may be a map, and there may be other attributes.
    const error = this.put({ ...kept, ...toRecord(job), input: kept['input'] });
    // An attempt beyond what can be counted is seen when it is counted; then nobody runs the job.
    const isReadable = Number.isSafeInteger(job.attempt);
    return error ?? (isReadable ? { kind: 'claimed', job } : { kind: 'refused', current: this.readOne(claim.id) });
  }

  private writeOne(change: Change): WriteResult {
    const record = this.records.get(change.id);
    if (record === undefined || !admits(change.guard, record)) {
      return { kind: 'refused', current: this.readOne(change.id) };
    }
    const removed = new Set<string>(change.remove);
    const kept = Object.entries({ ...record, ...toRecord(change.set) }).filter(([field]) => !removed.has(field));
    return this.put(Object.fromEntries(kept)) ?? { kind: 'accepted' };
  }

  private put(record: JobRecord): { readonly kind: 'error'; readonly error: AccessError } | undefined {
    const bytes = isSurelySmall(record, this.maxItemBytes) ? 0 : byteLengthOf(record);
    if (bytes > this.maxItemBytes) {
      return invalid(`The job is too large to be stored: ${bytes} bytes, at most ${this.maxItemBytes} are possible.`);
    }
    this.replace(record);
    return undefined;
  }

  private replace(record: JobRecord): void {
    const id = String(record['id']);
    const before = this.records.get(id);
    this.records.put(id, record);
    this.onPut?.(record, before);
  }
}

function invalid(message: string): { readonly kind: 'error'; readonly error: AccessError } {
  return { kind: 'error', error: new AccessError('invalid', message) };
}
