import type { Policy } from './policy.ts';

export type LaneKind = 'live' | 'failed' | 'completed';

/** The index partition of a job: `<queue>#<kind>#<shard>`; the shard is a hash of the id, so that no partition runs hot. */
export function laneOf(id: string, kind: LaneKind, policy: Pick<Policy, 'queueName' | 'shards'>): string {
  return laneOfShard(hashToShard(id, policy.shards), kind, policy);
}

export function laneOfShard(shard: number, kind: LaneKind, policy: Pick<Policy, 'queueName'>): string {
  return `${policy.queueName}#${kind}#${shard}`;
}

/** Every partition of one kind, for those who must look into all of them. */
export function lanesOf(kind: LaneKind, policy: Pick<Policy, 'queueName' | 'shards'>): readonly string[] {
  return Array.from({ length: policy.shards }, (_, shard) => laneOfShard(shard, kind, policy));
}

const LIVE = /(?:^|#)live#[^#]*$/;

export function isLiveLane(lane: string | undefined): lane is string {
  return lane !== undefined && LIVE.test(lane);
}

/** FNV-1a over UTF-16 code units: even, stable and without dependencies. Not for secrets. */
function hashToShard(id: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % shards;
}
