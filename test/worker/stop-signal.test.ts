import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createStopSignal } from '../../lib/worker/index.ts';

const before = process.listeners('SIGTERM');
const added = (): NodeJS.SignalsListener[] => process.listeners('SIGTERM').filter((one) => !before.includes(one));

afterEach(() => {
  for (const listener of added()) process.off('SIGTERM', listener);
});

it('is aborted when the process is asked to stop', () => {
  const stop = createStopSignal();
  expect(stop.aborted).toBe(false);
  for (const listener of added()) listener('SIGTERM');
  expect(stop.aborted).toBe(true);
});

it('lets any number of jobs listen without a warning', async () => {
  const warned = once(process, 'warning').then(([warning]) => String(warning));
  const stop = createStopSignal();
  for (let jobs = 0; jobs < 50; jobs += 1) stop.addEventListener('abort', () => {});
  expect(await Promise.race([warned, setImmediate('no warning')])).toBe('no warning');
});
