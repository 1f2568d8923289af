import { plain } from './plain.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [plain];

/** @throws Error for a name that no scenario has */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) {
    throw new Error(`There is no scenario "${name}". Choose one of: ${SCENARIOS.map((one) => one.name).join(', ')}.`);
  }
  return found;
}
