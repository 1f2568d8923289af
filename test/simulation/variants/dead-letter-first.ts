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
          await ports.queue.sendDeadLetters(
            changes.flatMap(({ after }) =>
              after.status === 'failed'
                ? [
                    {
                      message: { id: after.id, dead: after.attempt },
                      type: after.type,
                      reason: after.error.name,
                      detail: after.error.message,
                    },
                  ]
                : [],
            ),
          );
          return await ports.store.write(changes);
        },
      }),
    }),
  },
};
