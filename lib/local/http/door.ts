import type { JwtAuthorization, RoutePlan } from '../template/plan.ts';
import { GATEWAY_ANSWER, type HttpAnswer } from './gateway-answers.ts';
import { type HttpRequest, headerOf } from './http-request.ts';
import { verifySignature } from './signature/verify-signature.ts';
import type { Caller } from './to-event.ts';
import { createTokenVerifier, type VerifyToken } from './token/verify-token.ts';

export interface DoorOptions {
  readonly region: string;
  /** The only key that may sign requests. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly now: () => number;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly caller: Caller }
  /** `reason` is for the person at this machine; the client only gets the answer. */
  | { readonly kind: 'refused'; readonly answer: HttpAnswer; readonly reason: string };

/** Asks every request for what its route's authorization wants. */
export const createDoor = ({
  region,
  credentials,
  now,
}: DoorOptions): ((request: HttpRequest, route: RoutePlan) => Promise<Admission>) => {
  // Routes of one authorizer share its keys.
  const verifiers = new Map<string, VerifyToken>();
  const verifierOf = ({ issuer, audience }: JwtAuthorization): VerifyToken => {
    const key = JSON.stringify([issuer, audience]);
    const verifier = verifiers.get(key) ?? createTokenVerifier({ issuer, audience, now });
    verifiers.set(key, verifier);
    return verifier;
  };

  const admitSigner = (request: HttpRequest): Admission => {
    const verdict = verifySignature(request, { ...credentials, region, service: 'execute-api' }, now());
    return verdict.kind === 'valid'
      ? { kind: 'admitted', caller: { kind: 'signer', accessKeyId: verdict.accessKeyId } }
      : { kind: 'refused', answer: GATEWAY_ANSWER.forbidden, reason: verdict.reason };
  };
  const admitBearer = async (request: HttpRequest, authorization: JwtAuthorization): Promise<Admission> => {
    const verify = verifierOf(authorization);
    const verdict = await verify(headerOf(request, 'authorization'), authorization.scopes);
    switch (verdict.kind) {
      case 'valid':
        return { kind: 'admitted', caller: { kind: 'bearer', claims: verdict.claims, scopes: verdict.scopes } };
      case 'insufficient':
        return {
          kind: 'refused',
          answer: GATEWAY_ANSWER.forbidden,
          reason: `its token has none of the scopes ${verdict.scopes.join(', ')}`,
        };
      case 'invalid':
        return { kind: 'refused', answer: GATEWAY_ANSWER.unauthorized, reason: verdict.reason };
    }
  };

  return async (request, { authorization }) => {
    switch (authorization.kind) {
      case 'none':
        return { kind: 'admitted', caller: { kind: 'anybody' } };
      case 'iam':
        return admitSigner(request);
      case 'jwt':
        return await admitBearer(request, authorization);
    }
  };
};
