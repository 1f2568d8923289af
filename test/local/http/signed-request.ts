import { SQSClient } from '@aws-sdk/client-sqs';
import type { HttpRequest } from '../../../lib/local/http/http-request.ts';

export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface ToSign {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly host?: string;
}

export interface SignWith {
  readonly region?: string;
  readonly service?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly signingDate?: Date;
}

/** Only the shape that is used here; the SDK does not export it. */
interface SdkSigner {
  sign(request: object, options: object): Promise<SignedBySdk>;
  presign(request: object, options: object): Promise<SignedBySdk>;
}

interface SignedBySdk {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[]>>;
}

/** The very signer of the AWS SDK, borrowed from one of its clients. */
const createSigner = async ({ region, service, credentials }: SignWith): Promise<SdkSigner> => {
  const client = new SQSClient({ region: region ?? 'us-east-1', credentials: { ...(credentials ?? CREDENTIALS) } });
  const signer = await client.config.signer({
    name: 'sigv4',
    signingName: service ?? 'execute-api',
    signingRegion: region ?? 'us-east-1',
    properties: {},
  });
  return signer as unknown as SdkSigner;
};

const toSdkRequest = (request: ToSign) => {
  const host = request.host ?? '127.0.0.1:4100';
  const [hostname, port] = host.split(':');
  return {
    method: request.method ?? 'GET',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: request.path ?? '/jobs',
    query: { ...request.query },
    headers: { host, ...request.headers },
    body: request.body,
  };
};

const toQueryText = (query: SignedBySdk['query']): string =>
  Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`))
    .join('&');

export interface Signed {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const toSigned = (request: ToSign, signed: SignedBySdk): Signed => ({
  method: request.method ?? 'GET',
  path: request.path ?? '/jobs',
  query: toQueryText(signed.query),
  headers: signed.headers,
  body: request.body ?? '',
});

export const sign = async (request: ToSign, options: SignWith = {}): Promise<Signed> => {
  const signer = await createSigner(options);
  return toSigned(request, await signer.sign(toSdkRequest(request), { signingDate: options.signingDate }));
};

export const presign = async (
  request: ToSign,
  options: SignWith & { readonly expiresSeconds: number },
): Promise<Signed> => {
  const signer = await createSigner(options);
  const signed = await signer.presign(toSdkRequest(request), {
    signingDate: options.signingDate,
    expiresIn: options.expiresSeconds,
  });
  return toSigned(request, signed);
};

/** As the front reads it from the wire. */
export const toHttpRequest = (signed: Signed): HttpRequest => ({
  method: signed.method,
  path: signed.path,
  query: signed.query,
  headers: new Map(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), [value]])),
  body: Buffer.from(signed.body),
  sourceIp: '127.0.0.1',
});
