/** Longest id in bytes of UTF-8. Source: DynamoDB's limit for a partition key. */
export const MAX_ID_BYTES = 2_048;

/**
 * Whether a store can have such an id. Messages and callers may bring others: too long, empty, or with half of a surrogate
 * pair, which would come back from a store as another id. No job stands under those, and one of them must not spoil a
 * batch read of a hundred.
 */
export function isStorableId(id: string): boolean {
  return id !== '' && !/\p{Surrogate}/u.test(id) && new TextEncoder().encode(id).length <= MAX_ID_BYTES;
}
