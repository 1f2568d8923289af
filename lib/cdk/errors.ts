/** A prop that cannot work, or several that cannot work together. Names each prop, its value and the rule. */
export class InvalidPropsError extends Error {
  readonly code = 'invalid-props';
  readonly problems: readonly string[];

  constructor(path: string, problems: readonly string[]) {
    super(`AsyncEndpoints "${path}" cannot be built:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'InvalidPropsError';
    this.problems = problems;
  }
}
