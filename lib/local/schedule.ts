import { randomUUID } from 'node:crypto';
import type { InvokeRequest } from './lambda/invocation.ts';
import type { SchedulePlan } from './template/plan.ts';

export interface ScheduleOptions {
  readonly plan: SchedulePlan;
  /** Asynchronous, like the Invoke API with `Event`. */
  readonly invokeAsync: (request: InvokeRequest) => void;
}

export interface RunningSchedule {
  /** Beside the ticks of its rate. */
  tick(): void;
  stop(): void;
}

/** What a target gets for which the template gives no input. */
const toDefaultEvent = ({ arn }: SchedulePlan): object => {
  const [, , , region, account] = arn.split(':');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region,
    resources: [arn],
    detail: '{}',
  };
};

/**
 * EventBridge Scheduler for one schedule. It ticks at once, since whoever starts a stack does not want to wait for the
 * first minute, and then at its rate, whether or not the last tick is over: whether two may run together is for the
 * function's reserved concurrency to say. After a machine has slept it ticks once, not for every minute missed.
 */
export const startSchedule = ({ plan, invokeAsync }: ScheduleOptions): RunningSchedule => {
  if (!plan.enabled) return { tick: () => {}, stop: () => {} };
  const tick = (): void => invokeAsync({ payload: plan.input ?? JSON.stringify(toDefaultEvent(plan)) });
  tick();
  const timer = setInterval(tick, plan.everyMs);
  return { tick, stop: () => clearInterval(timer) };
};
