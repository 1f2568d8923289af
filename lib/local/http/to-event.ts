import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { decodePercent, type HttpRequest, headerOf, readQuery } from './http-request.ts';
import type { RouteMatch } from './route-table.ts';

/** Who was let in. */
export type Caller =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'signer'; readonly accessKeyId: string }
  | {
      readonly kind: 'bearer';
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[] | null;
    };

export interface EventInput {
  readonly request: HttpRequest;
  readonly match: RouteMatch;
  readonly apiId: string;
  readonly accountId: string;
  readonly caller: Caller;
  readonly now: number;
}

/** Content types whose bodies API Gateway hands over as text; any other, and a missing one, becomes base64. */
const TEXT_TYPE = /^(text\/.*|application\/(json|javascript|xml|.+\+json|.+\+xml))$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `12/Mar/2020:19:03:58 +0000` */
const toTime = (epochMs: number): string => {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(.{8})/.exec(new Date(epochMs).toISOString()) ?? [];
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
};

const toHeaders = (request: HttpRequest): Readonly<Record<string, string>> => {
  const entries = [...request.headers].filter(([name]) => name !== 'cookie');
  const port = headerOf(request, 'host')?.split(':')[1] ?? '80';
  return {
    ...Object.fromEntries(entries.map(([name, values]) => [name, values.join(',')])),
    'x-amzn-trace-id': `Root=1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    'x-forwarded-for': request.sourceIp,
    'x-forwarded-port': port,
    'x-forwarded-proto': 'http',
  };
};

const toQueryParameters = (query: string): Readonly<Record<string, string>> => {
  const parameters = new Map<string, string>();
  for (const [name, value] of readQuery(query.replaceAll('+', '%20'))) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(parameters);
};

const toBody = (request: HttpRequest): { readonly body?: string; readonly isBase64Encoded: boolean } => {
  if (request.body.length === 0) return { isBase64Encoded: false };
  const type = (headerOf(request, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  // As text such bytes would become others, and nobody could tell.
  return TEXT_TYPE.test(type) && isUtf8(request.body)
    ? { body: request.body.toString('utf8'), isBase64Encoded: false }
    : { body: request.body.toString('base64'), isBase64Encoded: true };
};

/** Fields that API Gateway leaves out when they would be empty. */
const unlessEmpty = <Value extends object>(name: string, value: Value): Record<string, Value> =>
  Object.keys(value).length === 0 ? {} : { [name]: value };

const toAuthorizer = (caller: Caller, accountId: string): object => {
  switch (caller.kind) {
    case 'anybody':
      return {};
    case 'bearer':
      return { jwt: { claims: caller.claims, scopes: caller.scopes } };
    case 'signer': {
      const { accessKeyId } = caller;
      return {
        iam: {
          accessKey: accessKeyId,
          accountId,
          callerId: accessKeyId,
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: `arn:aws:iam::${accountId}:user/${accessKeyId}`,
          userId: accessKeyId,
        },
      };
    }
  }
};

/** The event of an HTTP API in payload format 2.0. */
export const toEvent = (input: EventInput): object => {
  const { request, match, accountId, caller, now } = input;
  // An HTTP API decodes the path before anyone sees it. So does this one, although other gateways do not.
  const path = decodePercent(request.path);
  const cookies = (request.headers.get('cookie') ?? []).flatMap((line) => line.split(';').map((one) => one.trim()));
  const host = headerOf(request, 'host') ?? '';
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString: request.query,
    ...unlessEmpty('cookies', cookies),
    headers: toHeaders(request),
    ...unlessEmpty('queryStringParameters', toQueryParameters(request.query)),
    requestContext: {
      accountId,
      apiId: input.apiId,
      ...unlessEmpty('authorizer', toAuthorizer(caller, accountId)),
      domainName: host,
      domainPrefix: host.split('.')[0] ?? '',
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headerOf(request, 'user-agent') ?? '',
      },
      requestId: randomUUID(),
      routeKey: match.route.routeKey,
      stage: '$default',
      time: toTime(now),
      timeEpoch: now,
    },
    ...unlessEmpty('pathParameters', match.pathParameters),
    ...toBody(request),
  };
};
