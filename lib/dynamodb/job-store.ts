import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  AccessError,
  type Change,
  type Claim,
  type ClaimResult,
  type Clock,
  type CreateResult,
  type DefaultsOf,
  type DueIds,
  type DuePage,
  isStorableId,
  type Job,
  type JobStore,
  mapBounded,
  PLAIN_DEFAULTS,
  parseStored,
  type Random,
  type Stored,
  type Unwritten,
  type WriteResult,
} from '../core/index.ts';
import { buildClaim } from './claim-job.ts';
import { isConditionFailed, toAccessError } from './errors.ts';
import { buildFindDue, toDueIds } from './find-due.ts';
import { type Attributes, decodeItem } from './item.ts';
import { itemSizeOf, MAX_ITEM_BYTES } from './item-size.ts';
import { keepingKeys } from './prototype-keys.ts';
import { buildPutNewJob } from './put-new-job.ts';
import { readItems } from './read-jobs.ts';
import { buildWrite } from './write-change.ts';

export interface DynamoJobStoreOptions {
  /** From `createDynamoDocumentClient`: it must read numbers without rounding (`unmarshallOptions.wrapNumbers`). */
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** For the pauses between rounds of a batch read. */
  readonly clock: Clock;
  readonly random: Random;
  /** Fills in what a raw put lacks. Default: the plain defaults for every type. */
  readonly defaultsOf?: DefaultsOf;
}

export function createDynamoJobStore(options: DynamoJobStoreOptions): JobStore {
  return new DynamoJobStore(options);
}

/** Single writes under way at once: within the client's sockets, and no burst that a new table would throttle. */
const MAX_WRITES = 25;

/** A new job leaves room for what is written about it later: its run, its history, an error. */
const ROOM_TO_GROW_BYTES = 8 * 1_024;

/** How one write ended; a refusal still lacks the read of what is there. */
type Outcome<Result> = Result | Unwritten | 'refused';

class DynamoJobStore implements JobStore {
  private readonly options: DynamoJobStoreOptions;

  constructor(options: DynamoJobStoreOptions) {
    this.options = options;
  }

  async create(jobs: readonly Job[]): Promise<readonly CreateResult[]> {
    const { client, tableName } = this.options;
    return await this.writeAll<Job, CreateResult>(
      jobs,
      async (job) => {
        const put = buildPutNewJob(tableName, job);
        const problem = findProblem(job, put);
        if (problem !== undefined) {
          return problem;
        }
        await client.send(new PutCommand(put));
        return { kind: 'created' };
      },
      (current) => ({ kind: 'exists', current }),
    );
  }

  async read(ids: readonly string[]): Promise<readonly Stored[]> {
    try {
      const items = await readItems(ids, this.options);
      return ids.map((id) => this.parse(id, items.get(id)));
    } catch (error) {
      throw toAccessError(error);
    }
  }

  async claim(claims: readonly Claim[]): Promise<readonly ClaimResult[]> {
    const { client, tableName } = this.options;
    return await this.writeAll<Claim, ClaimResult>(
      claims,
      async (claim) => {
        if (!isStorableId(claim.id)) {
          return 'refused';
        }
        const { Attributes: item } = await client.send(keepingKeys(new UpdateCommand(buildClaim(tableName, claim))));
        const stored = this.parse(claim.id, item);
        // What the condition cannot see, such as a fraction for a count, shows only now. Then nobody runs the job, and
        // the producer rejects the item when it is due.
        return stored.kind === 'job' && stored.job.status === 'running'
          ? { kind: 'claimed', job: stored.job }
          : { kind: 'refused', current: stored };
      },
      (current) => ({ kind: 'refused', current }),
    );
  }

  async write(changes: readonly Change[]): Promise<readonly WriteResult[]> {
    const { client, tableName } = this.options;
    return await this.writeAll<Change, WriteResult>(
      changes,
      async (change) => {
        if (!isStorableId(change.id)) {
          return 'refused';
        }
        await client.send(new UpdateCommand(buildWrite(tableName, change)));
        return { kind: 'accepted' };
      },
      (current) => ({ kind: 'refused', current }),
    );
  }

  async findDue(page: DuePage): Promise<DueIds> {
    const { client, tableName } = this.options;
    try {
      return toDueIds(await client.send(new QueryCommand(buildFindDue(tableName, page))));
    } catch (error) {
      throw toAccessError(error);
    }
  }

  /** Single conditional writes, each failing alone; then one consistent read for all that were refused. */
  private async writeAll<Request extends { readonly id: string }, Result>(
    requests: readonly Request[],
    send: (request: Request) => Promise<Outcome<Result>>,
    toRefusal: (current: Stored) => Result,
  ): Promise<readonly (Result | Unwritten)[]> {
    const outcomes = await mapBounded(requests, MAX_WRITES, (request) => attempt(() => send(request)));
    const refused = requests.filter((_, index) => outcomes[index] === 'refused').map(({ id }) => id);
    const current = await this.readRefused(refused);
    return requests.map(({ id }, index) => {
      const outcome = outcomes[index];
      if (outcome !== undefined && outcome !== 'refused') {
        return outcome;
      }
      return current instanceof AccessError ? failed(current) : toRefusal(this.parse(id, current.get(id)));
    });
  }

  private async readRefused(ids: readonly string[]): Promise<ReadonlyMap<string, Attributes> | AccessError> {
    try {
      return await readItems(ids, this.options);
    } catch (error) {
      return toAccessError(error);
    }
  }

  private parse(id: string, item: Attributes | undefined): Stored {
    return item === undefined
      ? { kind: 'absent', id }
      : parseStored(id, decodeItem(item), this.options.defaultsOf ?? PLAIN_DEFAULTS);
  }
}

async function attempt<Result>(send: () => Promise<Outcome<Result>>): Promise<Outcome<Result>> {
  try {
    return await send();
  } catch (error) {
    return isConditionFailed(error) ? 'refused' : failed(toAccessError(error));
  }
}

/** Why a job cannot be put, as far as it can be known before it is tried. */
function findProblem(job: Job, put: PutCommandInput): Unwritten | undefined {
  if (!isStorableId(job.id)) {
    const expected = 'expected 1 to 2,048 bytes of well-formed text';
    return failed(new AccessError('invalid', `The id cannot be stored: ${expected}. Choose another id.`));
  }
  const bytes = itemSizeOf(put.Item ?? {});
  const limit = MAX_ITEM_BYTES - ROOM_TO_GROW_BYTES;
  if (bytes > limit) {
    const came = `${bytes} bytes, at most ${limit} are possible`;
    return failed(new AccessError('invalid', `The job is too large to be stored: ${came}. Pass a reference instead.`));
  }
  return undefined;
}

function failed(error: AccessError): Unwritten {
  return { kind: 'error', error };
}
