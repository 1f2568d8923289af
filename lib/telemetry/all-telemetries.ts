import type { Telemetry } from '../core/index.ts';

/** One telemetry that tells several, in order. */
export function toAll(telemetries: readonly Telemetry[]): Telemetry {
  return {
    submitted: (job) => {
      for (const each of telemetries) each.submitted(job);
    },
    claimed: (job) => {
      for (const each of telemetries) each.claimed(job);
    },
    accepted: (change) => {
      for (const each of telemetries) each.accepted(change);
    },
    noticed: (notice, fields) => {
      for (const each of telemetries) each.noticed(notice, fields);
    },
  };
}
