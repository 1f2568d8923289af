import { createHmac } from 'node:crypto';
import { type CryptoKey, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenVerifier } from '../../../lib/local/http/token/verify-token.ts';
import { type Issuer, startIssuer } from './issuer.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const SECOND = NOW / 1_000;

let issuer: Issuer;
let foreignKey: CryptoKey;

beforeAll(async () => {
  issuer = await startIssuer();
  foreignKey = (await generateKeyPair('RS256')).privateKey;
});
afterAll(() => issuer.stop());

const verifier = (audience: readonly string[] = ['jobs']) =>
  createTokenVerifier({ issuer: issuer.url, audience, now: () => NOW });

interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly key?: CryptoKey;
  readonly header?: Readonly<Record<string, string>>;
}

const createToken = ({ claims = {}, key = issuer.privateKey, header = {} }: TokenOptions = {}): Promise<string> =>
  new SignJWT({ iss: issuer.url, aud: 'jobs', sub: 'somebody', iat: SECOND - 10, exp: SECOND + 10, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'own', ...header })
    .sign(key);

/** By hand, since no library makes a token that bad. */
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it.each(['', 'Bearer ', 'bearer '])('of the issuer for the audience is good, after "%s"', async (prefix) => {
    const verify = verifier();
    expect(await verify(`${prefix}${await createToken()}`, [])).toMatchObject({
      kind: 'valid',
      claims: { iss: issuer.url, aud: 'jobs', sub: 'somebody' },
      scopes: null,
    });
  });

  it('is good for one of several audiences, and by client_id only where there is no aud', async () => {
    const verify = verifier(['other', 'jobs']);
    const verdictOf = async (claims: JWTPayload) => (await verify(await createToken({ claims }), [])).kind;
    expect(await verdictOf({ aud: ['x', 'jobs'] })).toBe('valid');
    expect(await verdictOf({ aud: undefined as never, client_id: 'jobs' })).toBe('valid');
    expect(await verdictOf({ aud: 'x', client_id: 'jobs' })).toBe('invalid');
    expect(await verdictOf({ aud: undefined as never })).toBe('invalid');
  });

  it('needs one of the scopes, where there are any', async () => {
    const verify = verifier();
    const wanted = ['submit', 'admin'];
    const verdictOf = async (claims: JWTPayload) => await verify(await createToken({ claims }), wanted);
    expect(await verdictOf({ scope: 'read submit' })).toMatchObject({ kind: 'valid', scopes: wanted });
    expect(await verdictOf({ scp: ['admin'] })).toMatchObject({ kind: 'valid' });
    expect(await verdictOf({ scope: 'read' })).toEqual({ kind: 'insufficient', scopes: wanted });
    expect(await verdictOf({})).toEqual({ kind: 'insufficient', scopes: wanted });
  });

  it('is checked with keys that are asked for once', async () => {
    const verify = verifier();
    await verify(await createToken(), []);
    const before = issuer.lookUps();
    await verify(await createToken(), []);
    expect(issuer.lookUps()).toBe(before);
  });
});

describe('the verifier fails', () => {
  it.each<[string, () => TokenOptions]>([
    ['of another issuer', () => ({ claims: { iss: 'https://elsewhere.example' } })],
    ['for another audience', () => ({ claims: { aud: 'payroll' } })],
    ['that has expired', () => ({ claims: { exp: SECOND - 1 } })],
    ['that never expires', () => ({ claims: { exp: undefined as never } })],
    ['that is not good yet', () => ({ claims: { nbf: SECOND + 60 } })],
    ['of the future', () => ({ claims: { iat: SECOND + 60 } })],
    ['signed with another key', () => ({ key: foreignKey })],
    ['of an unknown key', () => ({ header: { kid: 'foreign' } })],
  ])('a token %s', async (_, optionsOf) => {
    const verdict = await verifier()(`Bearer ${await createToken(optionsOf())}`, []);
    expect(verdict).toMatchObject({ kind: 'invalid', reason: expect.any(String) });
  });

  it('a token that names no key', async () => {
    const token = await new SignJWT({ iss: issuer.url, aud: 'jobs', exp: SECOND + 10 })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(issuer.privateKey);
    expect(await verifier()(token, [])).toEqual({ kind: 'invalid', reason: 'its token names no key' });
  });

  it('a token without a signature', async () => {
    const claims = encode({ iss: issuer.url, aud: 'jobs', exp: SECOND + 10 });
    for (const alg of ['none', 'None', 'NONE']) {
      const verdict = await verifier()(`${encode({ alg, kid: 'own' })}.${claims}.`, []);
      expect(verdict).toMatchObject({ kind: 'invalid' });
    }
  });

  it('a token signed with the public key as if it were a secret', async () => {
    const secret = await exportSPKI(issuer.publicKey);
    const content = `${encode({ alg: 'HS256', kid: 'own' })}.${encode({ iss: issuer.url, aud: 'jobs', exp: SECOND + 10 })}`;
    const signature = createHmac('sha256', secret).update(content).digest('base64url');
    expect(await verifier()(`${content}.${signature}`, [])).toMatchObject({ kind: 'invalid' });
  });

  it('a token whose claims were changed', async () => {
    const [header, , signature] = (await createToken()).split('.');
    const claims = encode({ iss: issuer.url, aud: 'jobs', sub: 'admin', exp: SECOND + 10 });
    expect(await verifier()(`${header}.${claims}.${signature}`, [])).toMatchObject({ kind: 'invalid' });
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic bG9jYWw6bG9jYWw=', 'a.b.c', '....', '\u0000'])(
    'what is no token: %j',
    async (authorization) => {
      expect(await verifier()(authorization, [])).toMatchObject({ kind: 'invalid' });
    },
  );

  it('every token while the issuer does not answer, and asks again the next time', async () => {
    const nobody = createTokenVerifier({ issuer: 'http://127.0.0.1:1', audience: ['jobs'], now: () => NOW });
    const verdict = await nobody(await createToken(), []);
    expect(verdict).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('keys of the issuer') });
    expect(await nobody(await createToken(), [])).toEqual(verdict);
  });
});
