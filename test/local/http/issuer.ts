import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface Issuer {
  /** As tokens name it in `iss`. */
  readonly url: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
  /** Requests so far. */
  readonly lookUps: () => number;
  /** A token of the present, good for ten minutes. */
  readonly createToken: (claims: JWTPayload) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** An OpenID Connect issuer as far as an authorizer asks it: where its keys are, and the keys. */
export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }];
  let lookUps = 0;
  const server = createServer((request, response) => {
    lookUps += 1;
    response.end(JSON.stringify(request.url === '/keys' ? { keys } : { issuer: url, jwks_uri: `${url}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    publicKey,
    privateKey,
    lookUps: () => lookUps,
    createToken: (claims) =>
      new SignJWT({ iss: url, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'own' })
        .setExpirationTime('10m')
        .sign(privateKey),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
