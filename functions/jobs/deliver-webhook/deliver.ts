import { type JobContext, PermanentError } from 'async-endpoints';
import type { WebhookConfig } from '../../config.ts';
import { isAllowedHost } from './allowed-hosts.ts';
import { AddressRefusedError, DeliveryError } from './errors.ts';
import { type GuardedSocketOptions, openGuardedSocket, type ResolveName } from './guarded-socket.ts';
import { judgeAnswer } from './judge-answer.ts';
import { type Answer, post } from './post.ts';
import { createAddressRule } from './public-addresses.ts';
import type { ReadSecret } from './secrets.ts';
import { createMessage, type WebhookMessage } from './webhook-message.ts';

/** For the whole of one request, from the look-up of the name to the status; less than the job's own time. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Left of the job's time for recording what came of it. */
const MARGIN_MS = 1_000;

export interface DeliveryOptions {
  readonly config: Pick<WebhookConfig, 'allowedHosts' | 'allowedAddresses' | 'allowHttp'>;
  readonly readSecret: ReadSecret;
  readonly resolveName: ResolveName;
  readonly now: () => number;
  readonly requestTimeoutMs?: number;
  readonly ca?: GuardedSocketOptions['ca'];
}

export interface DeliveryInput {
  readonly url: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly secretName?: string | undefined;
}

export type DeliveryContext = Pick<JobContext, 'attempt' | 'idempotencyKey' | 'signal' | 'remainingMs'>;

export type Deliver = (
  input: DeliveryInput,
  context: DeliveryContext,
) => Promise<{ readonly status: number; readonly durationMs: number }>;

/** One attempt to deliver a webhook. */
export function createDelivery(options: DeliveryOptions): Deliver {
  const { config, readSecret, now } = options;
  const isAllowedAddress = createAddressRule(config.allowedAddresses);

  const request = async (url: URL, message: WebhookMessage, context: DeliveryContext): Promise<Answer> => {
    const most = Math.max(1, context.remainingMs() - MARGIN_MS);
    const timeoutMs = Math.min(options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS, most);
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await post({
        url,
        message,
        signal: AbortSignal.any([context.signal, timeout]),
        openSocket: () => openGuardedSocket(url, { ...options, isAllowedAddress }),
      });
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof AddressRefusedError) throw new PermanentError(error.message, { cause: error });
      if (timeout.aborted) {
        throw new DeliveryError(`${url.host} did not answer within ${timeoutMs} ms.`, { cause: error });
      }
      throw new DeliveryError(`${url.host} could not be reached: ${explain(error)}`, { cause: error });
    }
  };

  return async ({ url: address, body, headers = {}, secretName }, context) => {
    const url = new URL(address);
    assertAllowed(url, config);
    const secret = secretName === undefined ? undefined : await readSecret(secretName);
    const startedAt = now();
    const { attempt, idempotencyKey: id } = context;
    const message = createMessage({ body, headers, id, attempt, secret, nowMs: startedAt });
    const answer = await request(url, message, context);
    judgeAnswer(url, answer, now());
    return { status: answer.status, durationMs: Math.max(0, now() - startedAt) };
  };
}

function assertAllowed(url: URL, { allowedHosts, allowHttp }: DeliveryOptions['config']): void {
  if (allowedHosts.length === 0) {
    throw new PermanentError(
      'This deployment sends no webhooks: list the hosts that may get them in the prop webhooks.allowedHosts of AsyncEndpoints.',
    );
  }
  if (!isAllowedHost(url.hostname, allowedHosts)) {
    throw new PermanentError(
      `${url.hostname} is not among the hosts that get webhooks: add it to the prop webhooks.allowedHosts of AsyncEndpoints.`,
    );
  }
  if (url.protocol === 'http:' && !allowHttp) {
    throw new PermanentError(
      'Webhooks are sent over https only: use an https address, or set the prop webhooks.allowHttp of AsyncEndpoints.',
    );
  }
}

/** When several addresses were tried, the message is with each of them. */
function explain(error: unknown): string {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}
