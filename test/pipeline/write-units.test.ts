import { describe, expect, it } from 'vitest';
import type { JobStore } from '../../lib/core/index.ts';
import type { WrapPorts } from '../../lib/testing/index.ts';
import { echo, type Fixture, jobOf, rawPut, setup } from './sample-jobs.ts';

type Item = Readonly<Record<string, unknown>> | undefined;

/** Where an item stands in the index, which holds what has both keys. */
function placeOf(item: Item): string | undefined {
  return item?.['lane'] === undefined || item['nextAt'] === undefined ? undefined : `${item['lane']} ${item['nextAt']}`;
}

/** What one accepted write of an item below 1 KB is billed: itself, and an index entry that goes, comes, or does both. */
function unitsOf(before: Item, after: Item): number {
  const [from, to] = [placeOf(before), placeOf(after)];
  return 1 + (from === to ? 0 : Number(from !== undefined) + Number(to !== undefined));
}

/** A stack that counts what its writes would be billed; that its items stay below 1 KB is tested where they are encoded. */
function setUpCounting(options: Parameters<typeof setup>[1] = {}): {
  readonly stack: Fixture;
  readonly units: number[];
} {
  const units: number[] = [];
  const counting = <Request extends { readonly id: string }, Result>(
    store: Fixture['store'],
    send: (requests: readonly Request[]) => Promise<readonly Result[]>,
  ) => {
    return async (requests: readonly Request[]): Promise<readonly Result[]> => {
      const before = requests.map(({ id }) => store.getRaw(id));
      const results = await send(requests);
      units.push(...requests.map(({ id }, index) => unitsOf(before[index], store.getRaw(id))));
      return results;
    };
  };
  const wrap: WrapPorts = (ports) => {
    const { store } = ports;
    const counted: JobStore = {
      read: (ids) => store.read(ids),
      findDue: (page) => store.findDue(page),
      create: counting(stack.store, (jobs) => store.create(jobs)),
      claim: counting(stack.store, (claims) => store.claim(claims)),
      write: counting(stack.store, (changes) => store.write(changes)),
    };
    return { ...ports, store: counted };
  };
  const flaky = jobOf('flaky', (_, { attempt }) => {
    if (attempt === 1) {
      throw new Error('once');
    }
  });
  const stack = setup(() => [echo, flaky], { ...options, wrap });
  return { stack, units };
}

describe('what a job costs in billed write units', () => {
  it('is 5 for one that is due: put 2, claim 1, complete 2', async () => {
    const { stack, units } = setUpCounting();
    await stack.submit(echo.definition, 'a');
    await stack.runToEnd();
    expect(units).toEqual([2, 1, 2]);
  });

  it('is 6 where completed jobs are listed', async () => {
    const { stack, units } = setUpCounting({ policy: { listCompleted: true } });
    await stack.submit(echo.definition, 'a');
    await stack.runToEnd();
    expect(units).toEqual([2, 1, 3]);
  });

  it('is 8 for one that waits in the table: its put 2, dispatch 3, claim 1, complete 2', async () => {
    const { stack, units } = setUpCounting();
    await stack.submit(echo.definition, 'a', { runAt: stack.clock.now() + 3_600_000 });
    await stack.runToEnd();
    expect(units).toEqual([2, 3, 1, 2]);
  });

  it('is 6 besides its put for one that was put raw', async () => {
    const { stack, units } = setUpCounting();
    stack.store.putRaw(rawPut({ id: 'raw', nextAt: stack.clock.now() }));
    await stack.runToEnd();
    expect(units).toEqual([3, 1, 2]);
  });

  it('is 4 more for each retry: fail 3, claim 1', async () => {
    const { stack, units } = setUpCounting();
    await stack.submit(jobOf('flaky', () => null).definition, 'a');
    await stack.runToEnd();
    expect(units).toEqual([2, 1, 3, 1, 2]);
  });
});
