import type { Change, DeadLetter } from '../../../lib/core/index.ts';
import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** The copy for the dead-letter queue leaves before the failure is in the table. */
export const deadLetterFirst: Variant = {
  name: 'dead letter before the write',
  scenario: 'retry-storm',
  violates: ['I9'],
  alterations: {
    ports: (ports) => ({
      ...ports,
      store: withStore(ports.store, {
        write: async (changes) => {
          const letters = changes.flatMap(lettersOf);
          if (letters.length > 0) {
            await ports.queue.sendDeadLetters(letters);
          }
          return await ports.store.write(changes);
        },
      }),
    }),
  },
};

function lettersOf({ after }: Change): readonly DeadLetter[] {
  return after.status === 'failed'
    ? [
        {
          message: { id: after.id, dead: after.attempt },
          type: after.type,
          reason: after.error.name,
          detail: after.error.message,
        },
      ]
    : [];
}
