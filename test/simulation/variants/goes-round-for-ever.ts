import type { Variant } from './variant.ts';

/** A message that comes too early is sent again however often it was: no message says that it went round, or was handed back. */
export const goesRoundForEver: Variant = {
  name: 'early message goes round for ever',
  scenario: 'scheduled',
  violates: ['I13'],
  says: 'would do',
  alterations: {
    ports: (ports) => ({
      ...ports,
      queue: {
        ...ports.queue,
        send: (messages) =>
          ports.queue.send(messages.map(({ message: { back: _, ...message }, ...rest }) => ({ ...rest, message }))),
      },
    }),
  },
};
