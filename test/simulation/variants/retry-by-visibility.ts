import { isFinal } from '../../../lib/core/index.ts';
import type { Variant } from './variant.ts';

/** A failed attempt leaves its message in the queue, which brings it back when its visibility timeout is over. */
export const retryByVisibility: Variant = {
  name: 'retry by held visibility',
  scenario: 'retry-storm',
  violates: ['I13'],
  alterations: {
    ports: (ports, { kind }) =>
      kind === 'consumer'
        ? {
            ...ports,
            queue: {
              send: async (messages) => messages.map(() => ({ kind: 'sent' })),
              sendDeadLetters: (letters) => ports.queue.sendDeadLetters(letters),
              depth: () => ports.queue.depth(),
            },
          }
        : ports,
    keeps: (jobId, { ledger }) => {
      const status = ledger.records.get(jobId)?.status;
      return status !== undefined && !isFinal(status);
    },
  },
};
