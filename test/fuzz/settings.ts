/** What a run of random cases needs to be repeated. */
export interface FuzzOptions {
  readonly seed: number;
  readonly cases: number;
}

/** The same in every run of the tests, so that a red build is red again; `npm run fuzz` explores. */
export const TEST_SEED = 20_260_101;

/** Enough for a machine that is busy with other things. */
export const FUZZ = { timeout: 120_000 } as const;
