import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSchedule } from '../../lib/local/schedule.ts';
import type { SchedulePlan } from '../../lib/local/template/plan.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const PLAN: SchedulePlan = {
  logicalId: 'EveryMinute',
  name: 'Demo-EveryMinute',
  arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/Demo-EveryMinute',
  everyMs: 60_000,
  functionName: 'Demo-Producer',
  input: '{"tick":true}',
  enabled: true,
};

const setup = (changes: Partial<SchedulePlan> = {}) => {
  const invokeAsync = vi.fn();
  return { invokeAsync, schedule: startSchedule({ plan: { ...PLAN, ...changes }, invokeAsync }) };
};

describe('startSchedule', () => {
  it('ticks at once with its input', () => {
    expect(setup().invokeAsync.mock.calls).toEqual([[{ payload: '{"tick":true}' }]]);
  });

  it('ticks at its rate', () => {
    const { invokeAsync } = setup();
    vi.advanceTimersByTime(59_999);
    expect(invokeAsync).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(invokeAsync).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(120_000);
    expect(invokeAsync).toHaveBeenCalledTimes(4);
  });

  it('ticks no more once it is stopped', () => {
    const { invokeAsync, schedule } = setup();
    schedule.stop();
    vi.advanceTimersByTime(120_000);
    expect(invokeAsync).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never ticks when the template disables it', () => {
    const { invokeAsync } = setup({ enabled: false });
    vi.advanceTimersByTime(120_000);
    expect(invokeAsync).not.toHaveBeenCalled();
  });
});
