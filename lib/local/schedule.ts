import type { SchedulePlan } from './template/plan.ts';

export interface ScheduleOptions {
  readonly plan: SchedulePlan;
  /** Asynchronous, like the Invoke API with `Event`. */
  readonly invokeAsync: (request: { readonly payload: string }) => void;
}

export interface RunningSchedule {
  stop(): void;
}

/** Ticks at once, then every `everyMs`, whether or not the last tick is over. */
export const startSchedule = (_options: ScheduleOptions): RunningSchedule => {
  throw new Error('not built yet');
};
