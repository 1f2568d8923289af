import type { Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import { QUEUE_DEPTH_CAP } from '../world/schedule.ts';
import type { World } from '../world/world.ts';

/** I13: between two looks at the queue's depth a producer sends no more messages than the queue may hold. */
export function queueStaysShort({ options: { queueDepthCap = QUEUE_DEPTH_CAP } }: World): Observer {
  const sentSince = new Map<Process, number>();
  return {
    onAsked: ({ process, method, about }) => {
      if (process.kind !== 'producer') {
        return undefined;
      }
      if (method === 'depth') {
        sentSince.set(process, 0);
      } else if (method === 'send') {
        const sent = (sentSince.get(process) ?? 0) + about.split(' ').length;
        sentSince.set(process, sent);
        return sent > queueDepthCap
          ? `I13: ${process.name} sends ${sent} messages without a look, to a queue that may hold ${queueDepthCap}`
          : undefined;
      }
      return undefined;
    },
  };
}
