/** Which messages of a batch have failed, in the reading of Lambda. */
export type BatchVerdict =
  | { readonly kind: 'settled'; readonly failedIds: ReadonlySet<string> }
  /** The answer cannot be read, so all messages count as failed. */
  | { readonly kind: 'malformed'; readonly reason: string };

const SUCCESS: BatchVerdict = { kind: 'settled', failedIds: new Set() };

const malformed = (reason: string): BatchVerdict => ({ kind: 'malformed', reason });

const readFailures = (failures: readonly unknown[], messageIds: ReadonlySet<string>): BatchVerdict => {
  const failedIds = new Set<string>();
  for (const failure of failures) {
    const id: unknown =
      typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
        ? failure.itemIdentifier
        : undefined;
    if (typeof id !== 'string' || id === '') {
      return malformed(
        `batchItemFailures holds ${JSON.stringify(failure)}, expected {"itemIdentifier": "<message id>"}`,
      );
    }
    if (!messageIds.has(id)) return malformed(`batchItemFailures names "${id}", which is not in the batch`);
    failedIds.add(id);
  }
  return { kind: 'settled', failedIds };
};

/**
 * Reads the answer of a function whose event source has `ReportBatchItemFailures`, with the rules of AWS's
 * documentation: null, `{}` and an empty or null list mean that all went well; anything that is no such answer, and any
 * identifier that is empty, null, unknown, or under another key, fails the whole batch.
 */
export const readBatchResponse = (payload: string, messageIds: ReadonlySet<string>): BatchVerdict => {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return malformed('the answer is not JSON');
  }
  if (answer === null) return SUCCESS;
  if (typeof answer !== 'object' || Array.isArray(answer)) {
    return malformed(`the answer is ${JSON.stringify(answer).slice(0, 100)}, expected {"batchItemFailures": [...]}`);
  }
  const failures = 'batchItemFailures' in answer ? answer.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return SUCCESS;
  if (!Array.isArray(failures)) return malformed('batchItemFailures is not a list');
  return readFailures(failures, messageIds);
};
