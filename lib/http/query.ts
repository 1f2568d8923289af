import { ProblemError, type ProblemIssue } from './problem.ts';

/**
 * The parameters of a query, each at most once.
 *
 * @throws ProblemError 400 naming parameters that are unknown or repeated
 */
export function readQuery<Name extends string>(text: string, known: readonly Name[]): Partial<Record<Name, string>> {
  // The first question mark is left out by the parser, and may be one of the query's own.
  const query = new URLSearchParams(`?${text}`);
  const issues: ProblemIssue[] = [];
  const found: Partial<Record<Name, string>> = {};
  for (const parameter of new Set(query.keys())) {
    const name = known.find((candidate) => candidate === parameter);
    const values = query.getAll(parameter);
    if (name === undefined) {
      issues.push({ parameter, detail: `There is no such parameter; ${listOf(known)}.` });
    } else if (values.length > 1) {
      issues.push({ parameter, detail: `Expected it once, got it ${values.length} times.` });
    } else {
      found[name] = values[0] ?? '';
    }
  }
  if (issues.length > 0) {
    const names = issues.map((issue) => ('parameter' in issue ? issue.parameter : '')).join(', ');
    throw new ProblemError('malformed-request', `The query cannot be read: see "errors" for ${names}.`, { issues });
  }
  return found;
}

function listOf(known: readonly string[]): string {
  return known.length === 0 ? 'none is possible here' : `possible are ${known.join(', ')}`;
}
