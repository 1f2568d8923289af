import type * as z from 'zod/mini';
import { toPointer } from './json-pointer.ts';
import { invalidInput, type ProblemIssue } from './problem.ts';

/**
 * A body that fits its schema.
 *
 * @throws ProblemError 422 with a pointer for each thing that does not fit; an unknown field is named by one of its own
 */
export function checkBody<Body>(schema: z.ZodMiniType<Body>, value: unknown): Body {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  throw invalidInput(result.error.issues.flatMap(toIssues));
}

function toIssues(issue: z.core.$ZodIssue): readonly ProblemIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), detail: 'There is no such field.' }));
  }
  const isMissing = issue.code === 'invalid_type' && issue.expected === 'nonoptional';
  return [{ pointer: toPointer(issue.path), detail: isMissing ? 'This field is required.' : issue.message }];
}
