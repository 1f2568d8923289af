import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { JwtAuthorization } from '../../template/plan.ts';

/** How API Gateway checks the token of a request, for one authorizer. */
export type VerifyToken = (authorization: string | undefined, scopes: readonly string[]) => Promise<TokenVerdict>;

export type TokenVerdict =
  | {
      readonly kind: 'valid';
      /** As the function gets them: every value is a text. */
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[] | null;
    }
  /** No token, or none that counts. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** A good token for something else. */
  | { readonly kind: 'insufficient'; readonly scopes: readonly string[] };

export interface TokenVerifierOptions extends Pick<JwtAuthorization, 'issuer' | 'audience'> {
  readonly now: () => number;
}

/** The only ones that an HTTP API takes: a token can neither go unsigned nor be signed with a public key as if it were a secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];
const DISCOVERY_TIMEOUT_MS = 5_000;

/**
 * Checks JSON Web Tokens as the JWT authorizer of an HTTP API does: signed by a key of the issuer, issued by it for one of the
 * audiences, and of the present time.
 * Source: API Gateway, "Control access to HTTP APIs with JWT authorizers", "Authorizing API requests with a JWT authorizer".
 */
export function createTokenVerifier({ issuer, audience, now }: TokenVerifierOptions): VerifyToken {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const findKeys = async (): Promise<JWTVerifyGetKey> => {
    keys ??= discoverKeys(issuer);
    try {
      return await keys;
    } catch (error) {
      // The issuer may answer the next time.
      keys = undefined;
      throw error;
    }
  };
  return async (authorization, scopes) => {
    const token = authorization?.replace(/^Bearer /i, '').trim();
    if (token === undefined || token === '') {
      return { kind: 'invalid', reason: 'it carries no token' };
    }
    try {
      const { payload, protectedHeader } = await jwtVerify(token, await findKeys(), {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      });
      const refusal =
        protectedHeader.kid === undefined ? 'its token names no key' : refuseClaims(payload, audience, now());
      return refusal === undefined ? judgeScopes(payload, scopes) : { kind: 'invalid', reason: refusal };
    } catch (error) {
      return { kind: 'invalid', reason: describe(error) };
    }
  };
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) });
  const document = response.ok ? ((await response.json()) as { jwks_uri?: unknown } | null) : undefined;
  if (typeof document?.jwks_uri !== 'string') {
    throw new TypeError(`${url} answered ${response.status} and names no jwks_uri`);
  }
  return createRemoteJWKSet(new URL(document.jwks_uri));
}

/** What is not the same for every JWT: `client_id` counts where there is no `aud`, and a token of the future is none. */
function refuseClaims(payload: JWTPayload, audience: readonly string[], now: number): string | undefined {
  const named = [payload.aud ?? payload['client_id']].flat();
  if (!named.some((name) => typeof name === 'string' && audience.includes(name))) {
    return `its token is for ${JSON.stringify(payload.aud ?? payload['client_id'])}, not for one of ${audience.join(', ')}`;
  }
  return payload.iat !== undefined && payload.iat * 1_000 > now ? 'its token is issued in the future' : undefined;
}

function judgeScopes(payload: JWTPayload, wanted: readonly string[]): TokenVerdict {
  const given = payload['scope'] ?? payload['scp'];
  const scopes = typeof given === 'string' ? given.split(' ') : Array.isArray(given) ? given.map(String) : [];
  if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) {
    return { kind: 'insufficient', scopes: wanted };
  }
  return { kind: 'valid', claims: toTexts(payload), scopes: wanted.length > 0 ? wanted : null };
}

function toTexts(payload: JWTPayload): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}

function describe(error: unknown): string {
  if (error instanceof errors.JOSEError) {
    return `its token does not count: ${error.message}`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `the keys of the issuer cannot be had: ${error instanceof Error ? error.message : String(error)}${cause}`;
}
