import { InvalidDefinitionError, isJobDefinition, isJobHandler, valueInWords } from '../core/index.ts';

/** @throws InvalidDefinitionError for anything that `defineJob` has not made: callers without types may pass what they like */
export function assertDefinition(value: unknown): void {
  if (isJobDefinition(value)) return;
  const advice = isJobHandler(value)
    ? 'got its handler: pass the definition that the handler was made of'
    : `got ${valueInWords(value)}`;
  throw new InvalidDefinitionError(`Expected a job definition, as defineJob() returns it, ${advice}.`);
}

/**
 * @param names all that there is: an option that nobody reads would be a wish that nobody hears
 * @throws InvalidDefinitionError for what is no object, and for a name that is not among them
 */
export function assertOptions(of: string, value: unknown, names: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidDefinitionError(`Expected the options of ${of} to be an object, got ${valueInWords(value)}.`);
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new InvalidDefinitionError(
      `${of} has no option ${valueInWords(unknown)}: there are ${[...names].sort().join(', ')}.`,
    );
  }
}

/** @throws InvalidDefinitionError for what cannot be an id */
export function assertId(value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw new InvalidDefinitionError(`Expected the id of a job as text, got ${valueInWords(value)}.`);
  }
}

/** @throws InvalidDefinitionError for what is no list */
export function assertInputs(value: unknown): void {
  if (!Array.isArray(value)) {
    throw new InvalidDefinitionError(`Expected a list of inputs for submitMany, got ${valueInWords(value)}.`);
  }
}
