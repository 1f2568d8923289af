import { isFinal } from '../../../lib/core/index.ts';
import type { Observer } from '../world/observed.ts';

/** I11: a live job never carries an expiry and always the time at which somebody looks at it; a final one always expires. */
export function liveJobsDoNotExpire(): Observer {
  return {
    onWrite: ({ event, after: { id, status, expiresAt, nextAt, lane } }) => {
      if (event === 'raw-put') {
        return undefined;
      }
      if (isFinal(status)) {
        return expiresAt === undefined ? `I11: ${id} is ${status} and never expires` : undefined;
      }
      if (expiresAt !== undefined) {
        return `I11: ${id} is ${status} and may expire`;
      }
      return nextAt === undefined || lane === undefined
        ? `I11: ${id} is ${status} and nobody looks at it again`
        : undefined;
    },
  };
}
