import { describe, expect, test } from 'vitest';
import { chunksOf, mapBounded } from '../../lib/core/index.ts';

/** A piece of work that ends when it is told to. */
const createWork = () => {
  let resolve = (_value: string): void => undefined;
  let reject = (_error: Error): void => undefined;
  const promise = new Promise<string>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return { promise, resolve, reject };
};

describe('mapBounded', () => {
  test('keeps at most as many under way as allowed, and the order of the items', async () => {
    const works = [createWork(), createWork(), createWork()] as const;
    const started: number[] = [];
    const results = mapBounded([0, 1, 2], 2, (index) => {
      started.push(index);
      return works[index as 0 | 1 | 2].promise;
    });
    expect(started).toEqual([0, 1]);

    works[1].resolve('b');
    await works[1].promise;
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);

    works[2].resolve('c');
    works[0].resolve('a');
    expect(await results).toEqual(['a', 'b', 'c']);
  });

  test('fails with the first rejection once nothing runs any more, and starts nothing after it', async () => {
    const [slow, bad] = [createWork(), createWork()];
    const started: number[] = [];
    let isOver = false;
    const results = mapBounded([0, 1, 2], 2, (index) => {
      started.push(index);
      return index === 0 ? slow.promise : bad.promise;
    }).finally(() => {
      isOver = true;
    });
    bad.reject(new Error('first'));
    await bad.promise.catch(() => undefined);
    expect(isOver).toBe(false);

    slow.reject(new Error('second'));
    await expect(results).rejects.toThrow('first');
    expect(started).toEqual([0, 1]);
  });

  test('has nothing to do for no items', async () => {
    expect(await mapBounded([], 3, async () => 1)).toEqual([]);
  });
});

test('chunksOf cuts into consecutive pieces, the last one shorter', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunksOf([], 2)).toEqual([]);
});
