import type { Variant } from './variant.ts';

/** Operators are told of each change twice. */
export const countsTwice: Variant = {
  name: 'changes counted twice',
  scenario: 'plain',
  violates: ['I14'],
  alterations: {
    ports: (ports) => ({
      ...ports,
      telemetry: {
        ...ports.telemetry,
        accepted: (change) => {
          ports.telemetry.accepted(change);
          ports.telemetry.accepted(change);
        },
      },
    }),
  },
};
