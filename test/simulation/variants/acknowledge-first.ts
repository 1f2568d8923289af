import type { Variant } from './variant.ts';

/** Messages are deleted before anything is recorded. */
export const acknowledgeFirst: Variant = {
  name: 'acknowledge before recording',
  scenario: 'plain',
  violates: ['I12'],
  alterations: { deletesOnReceive: true },
};
