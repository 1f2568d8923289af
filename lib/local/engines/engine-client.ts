import { EngineRequestError } from './errors.ts';

export interface EngineClientOptions {
  readonly endpoint: string;
  /** As in the header `X-Amz-Target`: `DynamoDB_20120810`. */
  readonly targetPrefix: string;
}

/** Sends one action and resolves with the service's answer; rejects with {@link EngineRequestError} if it refuses. */
export type EngineClient = (action: string, input: object) => Promise<unknown>;

/** The engines want the form of a signature, not a true one. */
const SIGNATURE_FORM =
  'AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/local/aws4_request, SignedHeaders=host, Signature=0';

/**
 * Speaks the services' JSON protocol to our own engines, for the few requests that set a stack up. The SDK would cost
 * the start an eighth of a second for the same.
 */
export function createEngineClient({ endpoint, targetPrefix }: EngineClientOptions): EngineClient {
  return async (action, input) => {
    const target = `${targetPrefix}.${action}`;
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        'x-amz-date': '20000101T000000Z',
        authorization: SIGNATURE_FORM,
      },
      body: JSON.stringify(input),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      const { __type: type = 'Error', message = '' } = answer as {
        readonly __type?: string;
        readonly message?: string;
      };
      throw new EngineRequestError(target, type.replace(/^.*#/, ''), message);
    }
    return answer;
  };
}
