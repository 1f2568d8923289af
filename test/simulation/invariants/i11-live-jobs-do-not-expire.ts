import { isFinal } from '../../../lib/core/index.ts';
import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** I11: a live job never carries an expiry and always the time at which somebody looks at it; a final one expires, once it was kept. */
export function liveJobsDoNotExpire({ policy }: World): Observer {
  return {
    onWrite: ({ event, after: { id, status, finishedAt = Number.NaN, expiresAt = 0, nextAt, lane } }) => {
      if (event === 'raw-put') {
        return undefined;
      }
      if (isFinal(status)) {
        return expiresAt >= finishedAt + policy.retentionMs
          ? undefined
          : `I11: ${id} is ${status}, ended at ${finishedAt} and expires at ${expiresAt}, or never`;
      }
      if (expiresAt !== 0) {
        return `I11: ${id} is ${status} and may expire`;
      }
      return nextAt === undefined || lane === undefined
        ? `I11: ${id} is ${status} and nobody looks at it again`
        : undefined;
    },
  };
}
