import type { ValidationIssue } from '../core/index.ts';

/** What every door checks alike: the HTTP API describes these limits in its schemas, the SDK meets them here. */
export const SUBMIT_LIMITS = {
  maxKeyLength: 256,
  maxDelayMs: 366 * 24 * 3_600_000,
  maxAttempts: 100,
  /** What a queue takes as the group of a message. */
  groupPattern: /^[\x21-\x7e]{1,128}$/,
  /** Levels of arrays and objects in an input: deep enough for data, and no stack overflows on it anywhere. */
  maxInputDepth: 200,
} as const;

export interface SubmitOptions {
  /** Makes the id: the same key submits the same job. 1 to 256 characters. */
  readonly idempotencyKey?: string | undefined;
  /** Earliest time to run, epoch milliseconds; what is past counts as now, at most a year ahead. */
  readonly runAt?: number | undefined;
  /** Label for fairness between tenants, up to 128 letters, digits and punctuation. */
  readonly group?: string | undefined;
  /** Instead of the definition's, 1 to 100. */
  readonly maxAttempts?: number | undefined;
}

/** What is wrong with the options of a submit; callers without types may have put anything there. */
export function checkOptions(options: SubmitOptions, now: number): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  const { idempotencyKey, runAt, group, maxAttempts } = options;
  if (idempotencyKey !== undefined && !isKey(idempotencyKey)) {
    issues.push({
      pointer: '/idempotencyKey',
      message: `Expected text of 1 to ${SUBMIT_LIMITS.maxKeyLength} characters.`,
    });
  }
  if (runAt !== undefined && !(Number.isSafeInteger(runAt) && runAt - now <= SUBMIT_LIMITS.maxDelayMs)) {
    issues.push({ pointer: '/runAt', message: 'Expected a time at most a year ahead.' });
  }
  if (group !== undefined && !(typeof group === 'string' && SUBMIT_LIMITS.groupPattern.test(group))) {
    issues.push({ pointer: '/group', message: 'Expected 1 to 128 letters, digits and punctuation, without spaces.' });
  }
  if (maxAttempts !== undefined && !isAttempts(maxAttempts)) {
    issues.push({
      pointer: '/maxAttempts',
      message: `Expected a whole number from 1 to ${SUBMIT_LIMITS.maxAttempts}, got ${String(maxAttempts)}.`,
    });
  }
  return issues;
}

/** Half of a surrogate pair would be hashed as another character, so two keys would be one. */
function isKey(key: unknown): boolean {
  return (
    typeof key === 'string' &&
    key.length >= 1 &&
    key.length <= SUBMIT_LIMITS.maxKeyLength &&
    !/\p{Surrogate}/u.test(key)
  );
}

function isAttempts(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= SUBMIT_LIMITS.maxAttempts;
}
