/**
 * Maps over many items with at most `limit` of them under way, results in order. Every promise is awaited: the first
 * rejection is passed on once nothing runs any more, and nothing new starts after it.
 */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const entries = items.entries();
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (const [index, item] of entries) {
      try {
        results[index] = await map(item);
      } catch (error) {
        failure ??= { error };
      }
      if (failure !== undefined) {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failure !== undefined) {
    throw failure.error;
  }
  return results;
}

/** Consecutive pieces of at most `size` items. */
export function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
