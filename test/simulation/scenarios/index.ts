import { backlog } from './backlog.ts';
import { cancelRacesClaim } from './cancel-races-claim.ts';
import { clockSkew } from './clock-skew.ts';
import { deploy } from './deploy.ts';
import { duplicateSubmits } from './duplicate-submits.ts';
import { plain } from './plain.ts';
import { poison } from './poison.ts';
import { producerDown } from './producer-down.ts';
import { queueDown } from './queue-down.ts';
import { redriveRacesFinish } from './redrive-races-finish.ts';
import { retryRacesFinish } from './retry-races-finish.ts';
import { retryStorm } from './retry-storm.ts';
import type { Scenario } from './scenario.ts';
import { scheduled } from './scheduled.ts';
import { slowBatch } from './slow-batch.ts';
import { staleWriter } from './stale-writer.ts';
import { tableRefusesWrites } from './table-refuses-writes.ts';
import { tiny } from './tiny.ts';
import { unknownType } from './unknown-type.ts';

export const SCENARIOS: readonly Scenario[] = [
  plain,
  scheduled,
  retryStorm,
  staleWriter,
  poison,
  producerDown,
  queueDown,
  tableRefusesWrites,
  cancelRacesClaim,
  retryRacesFinish,
  redriveRacesFinish,
  duplicateSubmits,
  unknownType,
  deploy,
  slowBatch,
  clockSkew,
  // Its courses take as long as those of all others together.
  backlog,
];

/** @throws Error for a name that no scenario has */
export function scenarioOf(name: string): Scenario {
  const found = [...SCENARIOS, tiny].find((scenario) => scenario.name === name);
  if (found === undefined) {
    throw new Error(`There is no scenario "${name}". Choose one of: ${SCENARIOS.map((one) => one.name).join(', ')}.`);
  }
  return found;
}
