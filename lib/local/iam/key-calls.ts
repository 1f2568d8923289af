import type { Call } from './authorizer.ts';
import type { AccessPlan } from './policy.ts';

interface KeyUse {
  /** Of the resource that may be encrypted. */
  readonly resource: string;
  /** As in the host name of its endpoint: `dynamodb`. */
  readonly service: string;
  readonly actions: readonly string[];
}

/**
 * What a service asks of the key that encrypts a resource, in the name of whoever asks the service: nothing if the key is AWS's own.
 * On AWS a service remembers keys for some minutes, so that a permission that was taken away still counts for as long.
 */
export function toKeyCalls({ resource, service, actions }: KeyUse, { keys, region }: KeyPlan): readonly Call[] {
  const key = keys[resource];
  if (key === undefined) return [];
  const context = { 'kms:ViaService': `${service}.${region}.amazonaws.com` };
  return actions.map((action) => ({ action, resource: key, context }));
}

export type KeyPlan = Pick<AccessPlan, 'keys' | 'region'>;
