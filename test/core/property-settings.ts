import fc from 'fast-check';

/** The same in every run, so that a red build is red again; `PROPERTY_SEED=random` explores, a number repeats. */
const DEFAULT_SEED = 20_260_101;

/** Properties take a while on a machine that is busy with other things, and are never stopped in the middle. */
export const PROPERTY = { timeout: 60_000 } as const;

function readSeed(): number {
  const text = process.env['PROPERTY_SEED'];
  if (text === undefined) {
    return DEFAULT_SEED;
  }
  return text === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(text);
}

/** Checks a property as often as asked (times `PROPERTY_FACTOR`); tells the seed before, so that it is known even after a crash. */
export function checkProperty<Values>(name: string, property: fc.IProperty<Values>, runs: number): void {
  const seed = readSeed();
  const numRuns = runs * Number(process.env['PROPERTY_FACTOR'] ?? 1);
  console.info(`property "${name}": ${numRuns} runs, PROPERTY_SEED=${seed}`);
  fc.assert(property, { seed, numRuns });
}
