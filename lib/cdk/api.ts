import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ROUTES } from '../core/names.ts';
import { createFunction, type Installation } from './functions.ts';
import { createLogGroup } from './log-group.ts';
import type { ApiSettings } from './settings.ts';

/** An HTTP API gives up after 30 s; its function ends a second before, so that the answer is the function's own. */
const API_TIMEOUT_SECONDS = 29;

/** Who called what, how it ended, and why if it did not reach the function. No bodies, no query strings, no headers. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  responseLength: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
} as const;

/** Signatures are asked for unless the props say otherwise, in so many words. */
const createAuthorizer = ({ auth = { kind: 'iam' }, unsafeLetAnybodyIn }: ApiSettings): IHttpRouteAuthorizer => {
  if (unsafeLetAnybodyIn) return new HttpNoneAuthorizer();
  return auth.kind === 'jwt'
    ? new HttpJwtAuthorizer('Tokens', auth.issuer, { jwtAudience: [...auth.audience] })
    : new HttpIamAuthorizer();
};

export interface Api {
  readonly httpApi: HttpApi;
  readonly handler: LambdaFunction;
}

/** The HTTP API: one function behind every route, each with the authorizer, so that a route cannot be forgotten open. */
export function createApi(parent: Construct, installation: Installation, api: ApiSettings): Api {
  const { settings } = installation;
  const handler = createFunction(parent, installation, {
    name: 'api',
    description: 'Answers the HTTP API of the jobs',
    timeoutSeconds: API_TIMEOUT_SECONDS,
    memorySizeMb: api.memorySizeMb,
  });
  const scope = new Construct(parent, 'HttpApi');
  const httpApi = new HttpApi(scope, 'Api', {
    apiName: parent.node.path.replaceAll('/', '-'),
    createDefaultStage: false,
    defaultAuthorizer: createAuthorizer(api),
    ...(api.auth?.kind === 'jwt' && { defaultAuthorizationScopes: [...(api.auth.scopes ?? [])] }),
  });
  const integration = new HttpLambdaIntegration('Function', handler, {
    payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
  });
  for (const route of ROUTES) {
    const [method, path] = route.split(' ') as [HttpMethod, string];
    httpApi.addRoutes({ path, methods: [method], integration });
  }
  const accessLogs = createLogGroup(scope, 'AccessLogs', settings);
  new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: api.rateLimit, burstLimit: api.burstLimit },
    accessLogSettings: {
      destination: new LogGroupLogDestination(accessLogs),
      format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
    },
  });
  return { httpApi, handler };
}
