import { type JobHandler, type JobStore, type Policy, TABLE } from '../../lib/core/index.ts';
import { itemSizeOf } from '../../lib/dynamodb/item-size.ts';
import { consumeBatch, submitJobs } from '../../lib/pipeline/index.ts';
import { sweepLanes } from '../../lib/pipeline/producer/sweep-lanes.ts';
import { noOp } from '../app/jobs/no-op/definition.ts';
import { handler } from '../app/jobs/no-op/handler.ts';
import { type EngineStack, startEngineStack } from '../engine-stack.ts';
import { atMost, type Figure, plain } from '../figure.ts';
import { createSampleInput } from '../sample-input.ts';

type Item = Readonly<Record<string, unknown>> | undefined;

const UNIT_BYTES = 1_024;

/**
 * What DynamoDB bills for one accepted write: the larger of the item before and after per started KB, and for the index one
 * unit to add or remove an entry, two when its key changes. Source: DynamoDB developer guide, "Read and write operations" and
 * "Global secondary indexes: storage considerations and write throughput".
 */
function billedUnits(before: Item, after: Item): number {
  const sizeOf = (item: Item): number => (item === undefined ? 0 : itemSizeOf(item));
  const base = Math.ceil(Math.max(sizeOf(before), sizeOf(after)) / UNIT_BYTES);
  const keyOf = (item: Item): string | undefined =>
    item?.[TABLE.indexPartitionKey] === undefined
      ? undefined
      : `${item[TABLE.indexPartitionKey]} ${item[TABLE.indexSortKey]}`;
  const [from, to] = [keyOf(before), keyOf(after)];
  const index = from === to ? 0 : from === undefined || to === undefined ? 1 : 2;
  return base + index;
}

/** Adds up what each write about one job costs, by reading its item before and after. */
function meterStore(stack: EngineStack): { readonly store: JobStore; readonly units: () => number } {
  let units = 0;
  const { store } = stack.ports;
  const metered = async <Result>(id: string | undefined, write: () => Promise<Result>): Promise<Result> => {
    if (id === undefined) {
      return write();
    }
    const before = await stack.readItem(id);
    const result = await write();
    units += billedUnits(before, await stack.readItem(id));
    return result;
  };
  return {
    store: {
      read: (ids) => store.read(ids),
      findDue: (page) => store.findDue(page),
      create: (jobs) => metered(jobs[0]?.id, () => store.create(jobs)),
      claim: (claims) => metered(claims[0]?.id, () => store.claim(claims)),
      write: (changes) => metered(changes[0]?.id, () => store.write(changes)),
    },
    units: () => units,
  };
}

interface Path {
  readonly policy?: Partial<Policy>;
  /** The job is put into the table for the producer, instead of being sent at once. */
  readonly scheduled?: boolean;
  /** Attempts that fail before one succeeds. */
  readonly failures?: number;
}

async function measurePath({ policy = {}, scheduled = false, failures = 0 }: Path): Promise<number> {
  let left = failures;
  const flaky: JobHandler = {
    ...handler,
    run: () => {
      left -= 1;
      if (left >= 0) {
        throw new Error('one of the failures that are measured');
      }
      return null;
    },
  };
  const stack = await startEngineStack([flaky], policy);
  try {
    const meter = meterStore(stack);
    // Time moves past the due time of the scheduled job, so that nothing has to be waited for.
    let aheadMs = 0;
    const clock = { ...stack.ports.clock, now: () => Date.now() + aheadMs };
    const ports = { ...stack.ports, store: meter.store, clock };
    const runAt = scheduled ? Date.now() + 1_000_000 : undefined;
    await submitJobs(ports, [{ definition: noOp, input: createSampleInput(1), runAt }]);
    if (scheduled) {
      aheadMs = 1_000_001;
      await sweepLanes({ ...ports, queueDepthCap: 100, mayGoOn: () => true });
    }
    for (let attempt = 0; attempt <= failures; attempt += 1) {
      await consumeBatch(ports, await stack.receive(), { deadline: clock.now() + 60_000 });
    }
    return meter.units();
  } finally {
    await stack.close();
  }
}

/** Write units per job by path, computed from the writes sent and the sizes of the items they met. */
export async function measureWriteUnits(): Promise<readonly Figure[]> {
  const express = await measurePath({});
  const retried = await measurePath({ failures: 1 });
  return [
    atMost('write units, express', express, 'units/job', 5),
    atMost(
      'write units, express, completed jobs listed',
      await measurePath({ policy: { listCompleted: true } }),
      'units/job',
      6,
    ),
    atMost('write units, scheduled', await measurePath({ scheduled: true }), 'units/job', 8),
    atMost(
      'write units, scheduled, completed jobs listed',
      await measurePath({ scheduled: true, policy: { listCompleted: true } }),
      'units/job',
      9,
    ),
    plain('write units, one retry on top', retried - express, 'units/retry'),
  ];
}
