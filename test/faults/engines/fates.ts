import type { FaultKind } from '../../simulation/faults/fault-kinds.ts';
import type { Fate } from '../proxy/fault-proxy.ts';
import { REFUSALS, type Service } from '../proxy/refusals.ts';

const PASS: Fate = { kind: 'pass' };
/** Longer than requests take, shorter than any client waits. */
const MAX_DELAY_MS = 30;
/** What the clients of the product send at most for one call. */
const MAX_TRIES = 3;

export interface FateOptions {
  readonly kind: FaultKind | undefined;
  readonly service: Service;
  /** The service is down for a while, so that every request is struck. */
  readonly always: boolean;
  /** From 0 to 1, by name: the same for the same course. */
  readonly detail: (name: string) => number;
  /** Resolves when a request that is held on its way may land. */
  readonly landing: () => Promise<void>;
}

/**
 * How a fault of the simulation looks on the wire, request by request of one call. It strikes one request, two or three: so the
 * client gets over it, or does not.
 */
export function createFates({ kind, service, always, detail, landing }: FateOptions): () => Fate {
  const tries = always ? Number.POSITIVE_INFINITY : 1 + Math.floor(detail('tries') * MAX_TRIES);
  let sent = 0;
  return () => {
    sent += 1;
    return sent > tries ? PASS : toFate(sent);
  };

  function toFate(request: number): Fate {
    const refusals = REFUSALS[service];
    switch (kind) {
      case 'request-lost':
      case 'receive-refused':
        return { kind: 'drop-before' };
      case 'answer-lost':
      case 'receive-lost':
      case 'sent-twice':
        return { kind: 'drop-after' };
      case 'late-landing':
        return { kind: 'land-late', landing: landing() };
      case 'throttled': {
        const refusal = refusals[Math.floor(detail(`refusal-${request}`) * refusals.length)];
        return refusal === undefined ? PASS : { kind: 'refuse', refusal };
      }
      case 'slow':
        return { kind: 'delay', ms: 1 + detail(`delay-${request}`) * MAX_DELAY_MS };
      default:
        return PASS;
    }
  }
}
