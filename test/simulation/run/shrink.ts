/**
 * The least part of a list that still fails: halves, then smaller and smaller pieces are left out as long as the rest fails
 * (delta debugging). One more removal of any single entry would make it pass.
 */
export async function shrink<Entry>(
  entries: readonly Entry[],
  fails: (entries: readonly Entry[]) => Promise<boolean>,
): Promise<readonly Entry[]> {
  let rest = entries;
  for (let size = Math.ceil(rest.length / 2); size >= 1; ) {
    const smaller = await leaveOut(rest, size, fails);
    if (smaller !== undefined) {
      rest = smaller;
      size = Math.min(size, Math.max(1, Math.ceil(rest.length / 2)));
    } else if (size === 1) {
      break;
    } else {
      size = Math.ceil(size / 2);
    }
  }
  return rest;
}

async function leaveOut<Entry>(
  entries: readonly Entry[],
  size: number,
  fails: (entries: readonly Entry[]) => Promise<boolean>,
): Promise<readonly Entry[] | undefined> {
  for (let from = 0; from < entries.length; from += size) {
    const rest = [...entries.slice(0, from), ...entries.slice(from + size)];
    if (await fails(rest)) {
      return rest;
    }
  }
  return undefined;
}
