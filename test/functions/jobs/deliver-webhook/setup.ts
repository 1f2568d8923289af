import {
  createDelivery,
  type DeliveryInput,
  type DeliveryOptions,
} from '../../../../functions/jobs/deliver-webhook/deliver.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const SECRET = 'a secret of the test';

export interface SetupOptions extends Partial<Omit<DeliveryOptions, 'config'>> {
  readonly config?: Partial<DeliveryOptions['config']>;
  /** Addresses of `receiver.test`, one list for each look-up, the last one for ever. */
  readonly addresses?: readonly (readonly string[])[];
  readonly attempt?: number;
  readonly remainingMs?: number;
}

/** Delivers to `receiver.test`, which is 127.0.0.1 and allowed. */
export function setup({
  config,
  addresses = [['127.0.0.1']],
  attempt = 1,
  remainingMs = 30_000,
  ...options
}: SetupOptions = {}) {
  const controller = new AbortController();
  const lookUps: string[] = [];
  const lists = [...addresses];
  const deliver = createDelivery({
    config: { allowedHosts: ['receiver.test'], allowedAddresses: ['127.0.0.1/32'], allowHttp: true, ...config },
    readSecret: async () => SECRET,
    resolveName: async (name) => {
      lookUps.push(name);
      const list = (lists.length > 1 ? lists.shift() : lists[0]) ?? [];
      return list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
    now: () => NOW,
    ...options,
  });
  const context = { attempt, idempotencyKey: 'job-1', signal: controller.signal, remainingMs: () => remainingMs };
  return {
    lookUps,
    abort: (reason: Error) => controller.abort(reason),
    deliver: (input: Pick<DeliveryInput, 'url'> & Partial<DeliveryInput>) =>
      deliver({ body: { n: 1 }, ...input }, context),
  };
}

/** The error that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}
