import type { Variant } from './variant.ts';

/** Operators are not told of changes. */
export const countsNoChanges: Variant = {
  name: 'changes not counted',
  scenario: 'plain',
  violates: ['I14'],
  alterations: {
    ports: (ports) => ({ ...ports, telemetry: { ...ports.telemetry, accepted: () => {} } }),
  },
};
