import type { Variant } from './variant.ts';

/** A message that comes too early is sent again however often it was: nobody counts. */
export const goesRoundForEver: Variant = {
  name: 'early message goes round for ever',
  scenario: 'scheduled',
  violates: ['I13'],
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
