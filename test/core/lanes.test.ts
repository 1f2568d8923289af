import { describe, expect, test } from 'vitest';
import { isLiveLane, laneOf, laneOfShard, lanesOf } from '../../lib/core/index.ts';

const policy = { queueName: 'default', shards: 4 };

describe('lanes', () => {
  test('a job stays in one shard, whatever the kind', () => {
    const shard = laneOf('job-1', 'live', policy).split('#').at(-1);

    expect(laneOf('job-1', 'live', policy)).toBe(`default#live#${shard}`);
    expect(laneOf('job-1', 'failed', policy)).toBe(`default#failed#${shard}`);
    expect(laneOf('job-1', 'completed', policy)).toBe(`default#completed#${shard}`);
  });

  test('ids spread evenly over the shards, and only over them', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 4_000; index += 1) {
      const lane = laneOf(`job-${index}`, 'live', policy);
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }

    expect([...counts.keys()].sort()).toEqual(lanesOf('live', policy));
    expect(Math.min(...counts.values())).toBeGreaterThan(800);
  });

  test('the hash of an id is fixed: jobs in the table were placed by it', () => {
    const policyOfMany = { queueName: 'q', shards: 100 };

    expect(laneOf('', 'live', policyOfMany)).toBe('q#live#61');
    expect(laneOf('job-1', 'live', policyOfMany)).toBe('q#live#38');
  });

  test('lists every lane of a kind, numbered from 0', () => {
    expect(lanesOf('failed', { queueName: 'q', shards: 2 })).toEqual(['q#failed#0', 'q#failed#1']);
    expect(laneOfShard(7, 'live', policy)).toBe('default#live#7');
  });

  test.each([
    ['default#live#0', true],
    ['a#b#live#3', true],
    ['default#failed#0', false],
    ['live', false],
    ['', false],
  ])('lane %j is live: %s', (lane, isLive) => {
    expect(isLiveLane(lane)).toBe(isLive);
  });
});
