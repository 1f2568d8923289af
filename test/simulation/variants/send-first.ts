import type { Job, SendResult } from '../../../lib/core/index.ts';
import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** A message that outruns its write would show something else. */
const WRITTEN_BY_THEN_MS = 1_000;

/** A message leaves before the job is written as sent, and then nobody looks whether it arrived. */
export const sendFirst: Variant = {
  name: 'send before the write, without a deadline',
  scenario: 'plain',
  violates: ['I1'],
  says: 'dispatched in attempt',
  alterations: {
    ports: (ports) => {
      const sendFor = async (jobs: readonly Job[]): Promise<void> => {
        const now = ports.clock.now();
        const messages = jobs
          .filter(({ status }) => status === 'dispatched')
          .map(({ id, dueAt }) => ({ message: { id }, delayMs: Math.max(WRITTEN_BY_THEN_MS, dueAt - now) }));
        if (messages.length > 0) {
          await ports.queue.send(messages);
        }
      };
      return {
        ...ports,
        queue: { ...ports.queue, send: async (messages) => messages.map((): SendResult => ({ kind: 'sent' })) },
        store: withStore(ports.store, {
          create: async (jobs) => {
            await sendFor(jobs);
            return await ports.store.create(jobs);
          },
          write: async (changes) => {
            await sendFor(changes.map(({ after }) => after));
            return await ports.store.write(changes);
          },
          // Leases are watched as ever.
          findDue: async (page) => {
            const found = await ports.store.findDue(page);
            const stored = found.ids.length === 0 ? [] : await ports.store.read(found.ids);
            const isSent = (index: number): boolean => {
              const job = stored[index];
              return job?.kind === 'job' && job.job.status === 'dispatched';
            };
            return { ...found, ids: found.ids.filter((_, index) => !isSent(index)) };
          },
        }),
      };
    },
  },
};
