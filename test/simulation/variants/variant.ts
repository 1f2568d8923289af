import type { Alterations } from '../world/world-options.ts';

/** The system with one thing wrong. The simulation must find that out. */
export interface Variant {
  readonly name: string;
  /** Where it shows. */
  readonly scenario: string;
  /** What it violates. */
  readonly violates: readonly string[];
  /** Part of what is said where it is caught for what it really breaks. */
  readonly says?: string;
  readonly alterations: Alterations;
}
