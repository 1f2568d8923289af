import type { InvokeRequest } from './lambda/invocation.ts';
import type { SchedulePlan } from './template/plan.ts';

export interface ScheduleOptions {
  readonly plan: SchedulePlan;
  /** Asynchronous, like the Invoke API with `Event`. */
  readonly invokeAsync: (request: InvokeRequest) => void;
}

export interface RunningSchedule {
  stop(): void;
}

/**
 * EventBridge Scheduler for one schedule. It ticks at once, since whoever starts a stack does not want to wait for the
 * first minute, and then at its rate, whether or not the last tick is over: whether two may run together is for the
 * function's reserved concurrency to say. After a machine has slept it ticks once, not for every minute missed.
 */
export const startSchedule = ({ plan, invokeAsync }: ScheduleOptions): RunningSchedule => {
  if (!plan.enabled) return { stop: () => {} };
  const tick = (): void => invokeAsync({ payload: plan.input });
  tick();
  const timer = setInterval(tick, plan.everyMs);
  return { stop: () => clearInterval(timer) };
};
