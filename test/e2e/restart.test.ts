import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mapBounded } from '../../lib/core/index.ts';
import { listDescendants } from '../local/stack/descendants.ts';
import { type DevProcess, expectAllGone, killAll, startDev } from '../local/stack/dev-process.ts';
import { connectTo } from './local-clients.ts';

const API_JOBS = 300;
const RAW_JOBS = 600;
/** Put at the last moment for a time after it, so that a quick machine has something left, too. */
const LATER_JOBS = 100;
const LATER_MS = 10_000;
const ALL_JOBS = API_JOBS + RAW_JOBS + LATER_JOBS;

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'restart-'));
});

afterEach(async () => {
  killAll();
  await rm(data, { recursive: true, force: true });
});

const start = (): Promise<DevProcess> =>
  startDev({ directory: fileURLToPath(new URL('quick-app', import.meta.url)), args: ['--data', data] });

/** How often the log tells that a job was completed. */
function countCompletions({ stderr }: DevProcess, counts: Map<string, number>): void {
  // The last line of a process that was killed may be half of one.
  for (const line of stderr.filter((text) => text.endsWith('}'))) {
    const { jobId, from, to } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (typeof jobId === 'string' && from === 'running' && to === 'completed') {
      counts.set(jobId, (counts.get(jobId) ?? 0) + 1);
    }
  }
}

describe('a thousand jobs, and every process killed in the middle', () => {
  it('are completed after the next start, none lost and none completed twice', async () => {
    const first = await start();
    const before = connectTo(first.ready);
    const submitted = mapBounded([...Array(API_JOBS).keys()], 10, async (index) => {
      const { id } = await before.submit('echo', { text: String(index) });
      return id;
    });
    const put = mapBounded([...Array(RAW_JOBS).keys()], 10, (index) =>
      before.putRaw(`raw-${index}`, 'echo', '{"text":"raw"}', { lane: `default#live#${index % 4}` }),
    );
    const [ids] = await Promise.all([submitted, put]);
    await vi.waitFor(
      async () => {
        const { completed = 0 } = await before.countByStatus();
        expect(completed).toBeGreaterThan(100);
      },
      { timeout: 60_000, interval: 100 },
    );

    const nextAt = Date.now() + LATER_MS;
    await mapBounded([...Array(LATER_JOBS).keys()], 10, (index) =>
      before.putRaw(`later-${index}`, 'echo', '{"text":"later"}', { lane: `default#live#${index % 4}`, nextAt }),
    );
    const pids = [first.runtimePid, ...listDescendants(first.runtimePid)];
    for (const pid of pids) {
      process.kill(pid, 'SIGKILL');
    }
    await expectAllGone(pids, 5_000);
    expect(Date.now()).toBeLessThan(nextAt);
    before.close();

    const second = await start();
    const after = connectTo(second.ready);
    await vi.waitFor(async () => expect(await after.countByStatus()).toEqual({ completed: ALL_JOBS }), {
      timeout: 180_000,
      interval: 500,
    });
    const histories = await Promise.all(ids.map((id) => after.waitFor(id)));
    after.close();

    expect(
      histories.filter(({ history }) => history.filter(({ status }) => status === 'completed').length !== 1),
    ).toEqual([]);
    expect(new Set(ids).size).toBe(API_JOBS);
    const completions = new Map<string, number>();
    countCompletions(first, completions);
    countCompletions(second, completions);
    expect(completions.size).toBeGreaterThan(ALL_JOBS / 2);
    expect([...completions].filter(([, count]) => count > 1)).toEqual([]);
  }, 300_000);
});
