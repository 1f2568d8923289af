import { type AnyJobDefinition, type ValidationIssue, validate } from '../core/index.ts';
import { toJsonText } from './json-text.ts';
import { SUBMIT_LIMITS } from './submit-options.ts';

export type CheckedInput =
  | { readonly kind: 'valid'; readonly text: string }
  | { readonly kind: 'invalid'; readonly issues: readonly ValidationIssue[]; readonly cause?: unknown };

/**
 * Checks an input as its consumer will see it: the value that its JSON text stands for. A `Date` or a `Map` that fits the schema
 * only until it is stored is refused here, not in the job's first attempt.
 */
export async function checkInput(definition: AnyJobDefinition, input: unknown): Promise<CheckedInput> {
  const json = toJsonText(input);
  if (json.kind === 'unstorable') {
    return invalid([{ pointer: '/input', message: `The input cannot be stored: ${json.problem}.` }]);
  }
  const value: unknown = JSON.parse(json.text);
  if (isDeeperThan(SUBMIT_LIMITS.maxInputDepth, value)) {
    const message = `Expected at most ${SUBMIT_LIMITS.maxInputDepth} levels of arrays and objects. Pass a flatter input.`;
    return invalid([{ pointer: '/input', message }]);
  }
  try {
    const validated = await validate(definition.input, value);
    return validated.kind === 'valid'
      ? { kind: 'valid', text: json.text }
      : invalid(validated.issues.map(({ pointer, message }) => ({ pointer: `/input${pointer}`, message })));
  } catch (cause) {
    // A refinement that throws on a value it did not expect: bad input must not become an error of the service.
    return invalid([{ pointer: '/input', message: 'The schema of this job type cannot check this input.' }], cause);
  }
}

function invalid(issues: readonly ValidationIssue[], cause?: unknown): CheckedInput {
  return { kind: 'invalid', issues, ...(cause === undefined ? {} : { cause }) };
}

/** Looks only as deep as it needs to, so it does not overflow on the very values it is there to find. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}
