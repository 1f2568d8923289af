import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AsyncInvoker } from '../../../lib/local/lambda/async-invoker.ts';
import type { InvokeResult } from '../../../lib/local/lambda/invocation.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SUCCESS: InvokeResult = { kind: 'success', requestId: 'r', payload: 'null' };
const ERROR: InvokeResult = {
  kind: 'function-error',
  requestId: 'r',
  errorType: 'E',
  errorMessage: 'm',
  payload: '{}',
};
const THROTTLED: InvokeResult = { kind: 'throttled' };

const setup = (results: readonly InvokeResult[], config = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 600 }) => {
  const startedAt = Date.now();
  const attempts: number[] = [];
  const dropped: string[] = [];
  const invoker = new AsyncInvoker({
    config,
    invoke: () => {
      attempts.push((Date.now() - startedAt) / 1_000);
      return Promise.resolve(results[attempts.length - 1] ?? SUCCESS);
    },
    onDropped: (reason) => dropped.push(reason),
  });
  invoker.invoke({ payload: '{}' });
  return { invoker, attempts, dropped };
};

describe('AsyncInvoker', () => {
  it('invokes at once, and once if that succeeds', async () => {
    const { attempts, dropped } = setup([SUCCESS]);
    await vi.runAllTimersAsync();
    expect(attempts).toEqual([0]);
    expect(dropped).toEqual([]);
  });

  it('tries a failed event again after one minute and after two more', async () => {
    const { attempts, dropped } = setup([ERROR, ERROR, ERROR]);
    await vi.runAllTimersAsync();
    expect(attempts).toEqual([0, 60, 180]);
    expect(dropped).toEqual(['it failed 3 times, at last with E']);
  });

  it('does not try again where the template says so', async () => {
    const { attempts, dropped } = setup([ERROR], { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 });
    await vi.runAllTimersAsync();
    expect(attempts).toEqual([0]);
    expect(dropped).toHaveLength(1);
  });

  it('waits out throttling with a growing backoff', async () => {
    const { attempts } = setup([THROTTLED, THROTTLED, THROTTLED]);
    await vi.runAllTimersAsync();
    expect(attempts).toEqual([0, 1, 3, 7]);
  });

  it('lets an event die that is too old', async () => {
    const { attempts, dropped } = setup(
      Array.from({ length: 50 }, () => THROTTLED),
      {
        maximumRetryAttempts: 0,
        maximumEventAgeSeconds: 60,
      },
    );
    await vi.runAllTimersAsync();
    expect(attempts).toEqual([0, 1, 3, 7, 15, 31]);
    expect(dropped).toEqual(['it is older than 60 s']);
  });

  it('tries nothing again once it is stopped', async () => {
    const { invoker, attempts } = setup([THROTTLED]);
    await vi.advanceTimersByTimeAsync(0);
    invoker.stop();
    await vi.runAllTimersAsync();
    expect(attempts).toEqual([0]);
  });
});
