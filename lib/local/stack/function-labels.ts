/** CDK ends a logical id with eight digits of a hash. */
const HASH = /[0-9A-F]{8}$/;

/** `JobsConsumerFunction` → `Jobs`, `Consumer`, `Function`. */
const WORDS = /[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g;

/**
 * Short names for log lines, by logical id: what tells a function from the others of its stack. `JobsApiFunction5C8DB2FB`
 * and `JobsConsumerFunctionA7E0F1C2` become `api` and `consumer`.
 */
export function labelFunctions(logicalIds: readonly string[]): ReadonlyMap<string, string> {
  const words = logicalIds.map((id) => id.replace(HASH, '').match(WORDS) ?? [id]);
  const shortest = Math.min(...words.map((list) => list.length));
  const isShared = (index: number): boolean =>
    words.length > 1 && new Set(words.map((list) => list.at(index))).size === 1;
  // At least one word stays, also of functions whose words are all the same.
  let start = 0;
  while (start < shortest - 1 && isShared(start)) {
    start += 1;
  }
  let end = 0;
  while (end < shortest - start - 1 && isShared(-1 - end)) {
    end += 1;
  }
  return new Map(
    logicalIds.map((id, index) => {
      const list = words[index] ?? [];
      return [
        id,
        list
          .slice(start, list.length - end)
          .join('-')
          .toLowerCase(),
      ];
    }),
  );
}
