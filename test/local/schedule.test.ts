import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ScheduleOptions, startSchedule } from '../../lib/local/schedule.ts';
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
  roleArn: 'arn:aws:iam::000000000000:role/tick',
  input: '{"tick":true}',
  enabled: true,
};

const setup = (plan: SchedulePlan = PLAN) => {
  const invokeAsync = vi.fn<ScheduleOptions['invokeAsync']>();
  return { invokeAsync, schedule: startSchedule({ plan, invokeAsync }) };
};

describe('startSchedule', () => {
  it('ticks at once with its input', () => {
    expect(setup().invokeAsync.mock.calls).toEqual([[{ payload: '{"tick":true}' }]]);
  });

  it("sends the scheduler's own event where the template gives no input", () => {
    vi.setSystemTime('2026-03-01T12:00:00Z');
    const { input: _input, ...withoutInput } = PLAN;
    expect(JSON.parse(setup(withoutInput).invokeAsync.mock.calls[0]?.[0].payload ?? '')).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: '000000000000',
      time: '2026-03-01T12:00:00Z',
      region: 'us-east-1',
      resources: [PLAN.arn],
      detail: '{}',
    });
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

  it('ticks once more when it is asked to', () => {
    const { invokeAsync, schedule } = setup();
    schedule.tick();
    expect(invokeAsync).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(60_000);
    expect(invokeAsync).toHaveBeenCalledTimes(3);
  });

  it('ticks no more once it is stopped', () => {
    const { invokeAsync, schedule } = setup();
    schedule.stop();
    vi.advanceTimersByTime(120_000);
    expect(invokeAsync).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never ticks when the template disables it', () => {
    const { invokeAsync } = setup({ ...PLAN, enabled: false });
    vi.advanceTimersByTime(120_000);
    expect(invokeAsync).not.toHaveBeenCalled();
  });
});
