import { createHmac, timingSafeEqual } from 'node:crypto';
import { type HttpRequest, headerOf } from '../http-request.ts';
import { sha256, toCanonicalRequests } from './canonical-request.ts';
import { type ClaimedSignature, readClaimedSignature } from './claimed-signature.ts';

/** The one key that is known here, and where it counts. */
export interface SignatureOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

export type SignatureVerdict =
  | { readonly kind: 'valid'; readonly accessKeyId: string }
  /** `reason` is for the person at this machine; a client only hears that it is refused. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** AWS takes a request until five minutes after it was signed, and as long before, because clocks differ. */
const MAX_SKEW_MS = 300_000;

const invalid = (reason: string): SignatureVerdict => ({ kind: 'invalid', reason });

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const sign = (claimed: ClaimedSignature, secretAccessKey: string, canonicalRequest: string): Buffer => {
  const scope = [claimed.scopeDate, claimed.region, claimed.service, 'aws4_request'];
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  const stringToSign = ['AWS4-HMAC-SHA256', claimed.dateTime, scope.join('/'), sha256(canonicalRequest)].join('\n');
  return hmac(key, stringToSign);
};

const SIGNATURE = /^[\da-f]{64}$/;

const isEqual = (expected: Buffer, signature: string): boolean =>
  SIGNATURE.test(signature) && timingSafeEqual(Buffer.from(signature, 'hex'), expected);

/** Why the claims alone are enough to refuse; undefined if they are not. */
const refuseClaims = (
  request: HttpRequest,
  claimed: ClaimedSignature,
  options: SignatureOptions,
  now: number,
): string | undefined => {
  if (claimed.accessKeyId !== options.accessKeyId) return `the access key "${claimed.accessKeyId}" is unknown`;
  if (claimed.region !== options.region || claimed.service !== options.service) {
    return `it is signed for ${claimed.region}/${claimed.service}, not ${options.region}/${options.service}`;
  }
  if (claimed.scopeDate !== claimed.dateTime.slice(0, 8)) return 'the day of its scope is not the day it was signed';
  const heldMs = claimed.expiresSeconds === undefined ? MAX_SKEW_MS : claimed.expiresSeconds * 1_000;
  if (claimed.signedAt > now + MAX_SKEW_MS) return 'it is signed in the future';
  if (now > claimed.signedAt + heldMs) return 'it has expired';
  const missing = claimed.signedHeaders.find((name) => !request.headers.has(name));
  if (missing !== undefined) return `the signed header "${missing}" is missing`;
  if (!claimed.signedHeaders.includes('host')) return 'its host is not signed';
  const isDated = claimed.signedHeaders.includes('x-amz-date') || claimed.signedHeaders.includes('date');
  return claimed.expiresSeconds === undefined && !isDated ? 'its date is not signed' : undefined;
};

/** Checks AWS Signature Version 4 by signing the request once more. */
export const verifySignature = (request: HttpRequest, options: SignatureOptions, now: number): SignatureVerdict => {
  const claimed = readClaimedSignature(request);
  if (claimed === undefined) return invalid('it carries no readable signature');
  const refusal = refuseClaims(request, claimed, options, now);
  if (refusal !== undefined) return invalid(refusal);

  const payloadHash = sha256(request.body);
  const declaredHash = headerOf(request, 'x-amz-content-sha256');
  if (declaredHash !== undefined && declaredHash !== payloadHash) {
    return invalid('x-amz-content-sha256 is not the hash of its body');
  }
  const isSigned = [...toCanonicalRequests(request, claimed.signedHeaders, payloadHash)].some((canonicalRequest) =>
    isEqual(sign(claimed, options.secretAccessKey, canonicalRequest), claimed.signature),
  );
  return isSigned
    ? { kind: 'valid', accessKeyId: claimed.accessKeyId }
    : invalid('its signature is not the one that the secret key makes');
};
