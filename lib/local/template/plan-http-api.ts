import { TemplateError } from './errors.ts';
import type { Authorization, HttpApiPlan, JwtAuthorization, RoutePlan } from './plan.ts';
import { findFunction, type Targets } from './plan-triggers.ts';
import type { PropertyReader } from './property-reader.ts';

/** Everything of one HTTP API; the reader of each resource and what `Ref` of it gives. */
export interface HttpApiResources {
  readonly api: PropertyReader;
  readonly apiId: string;
  readonly name: string;
  readonly integrations: ReadonlyMap<string, PropertyReader>;
  readonly authorizers: ReadonlyMap<string, PropertyReader>;
  readonly routes: readonly PropertyReader[];
  readonly stages: readonly PropertyReader[];
}

type Integration = Pick<RoutePlan, 'functionName' | 'integrationTimeoutMs'>;

/** An HTTP API waits no longer for its function, whatever the function's own timeout. */
const MAX_INTEGRATION_TIMEOUT_MS = 30_000;

/** An account's own limits, which hold where a stage gives one of the two only. */
const ACCOUNT_THROTTLING = { rateLimit: 10_000, burstLimit: 5_000 } as const;

const checkApiId = (properties: PropertyReader, apiId: string): void => {
  const wanted = properties.string('ApiId');
  if (wanted !== apiId) throw properties.invalid('ApiId', "the id of this template's HTTP API", wanted);
};

const readIntegration = (properties: PropertyReader, apiId: string, targets: Targets): Integration => {
  properties.withoutLocalEffect('CredentialsArn', 'Description');
  checkApiId(properties, apiId);
  properties.literal('IntegrationType', ['AWS_PROXY']);
  properties.literal('PayloadFormatVersion', ['2.0']);
  properties.optionalLiteral('IntegrationMethod', ['POST']);
  properties.optionalLiteral('ConnectionType', ['INTERNET']);
  return {
    functionName: findFunction(properties, 'IntegrationUri', targets).name,
    integrationTimeoutMs:
      properties.optionalInteger('TimeoutInMillis', { min: 50, max: MAX_INTEGRATION_TIMEOUT_MS }) ??
      MAX_INTEGRATION_TIMEOUT_MS,
  };
};

type Authorizer = Omit<JwtAuthorization, 'scopes'>;

const TOKEN_SOURCE = '$request.header.Authorization';

const readAuthorizer = (properties: PropertyReader, apiId: string): Authorizer => {
  properties.withoutLocalEffect('Name');
  checkApiId(properties, apiId);
  properties.literal('AuthorizerType', ['JWT']);
  const sources = properties.optionalStrings('IdentitySource');
  if (sources.length !== 1 || sources[0] !== TOKEN_SOURCE) {
    throw properties.invalid('IdentitySource', `["${TOKEN_SOURCE}"] (what runs locally)`, sources);
  }
  const jwt = properties.object('JwtConfiguration');
  return { kind: 'jwt', issuer: jwt.string('Issuer'), audience: jwt.optionalStrings('Audience') };
};

const readAuthorization = (properties: PropertyReader, authorizers: ReadonlyMap<string, Authorizer>): Authorization => {
  const type = properties.optionalLiteral('AuthorizationType', ['NONE', 'AWS_IAM', 'JWT']) ?? 'NONE';
  const authorizerId = properties.optionalString('AuthorizerId');
  const scopes = properties.optionalStrings('AuthorizationScopes');
  if (type !== 'JWT') return { kind: type === 'NONE' ? 'none' : 'iam' };
  const authorizer = authorizers.get(authorizerId ?? '');
  if (authorizer === undefined)
    throw properties.invalid('AuthorizerId', 'an authorizer of this template', authorizerId);
  return { ...authorizer, scopes };
};

const readRoute = (
  properties: PropertyReader,
  apiId: string,
  integrations: ReadonlyMap<string, Integration>,
  authorizers: ReadonlyMap<string, Authorizer>,
): RoutePlan => {
  properties.withoutLocalEffect('OperationName');
  checkApiId(properties, apiId);
  const target = properties.string('Target');
  const integration = integrations.get(target.replace(/^integrations\//, ''));
  if (integration === undefined) throw properties.invalid('Target', 'integrations/<id> of this template', target);

  const routeKey = properties.string('RouteKey');
  const [, verb, path] = /^([A-Z]+) (\/.*)$/.exec(routeKey) ?? [];
  if (routeKey !== '$default' && (verb === undefined || path === undefined)) {
    throw properties.invalid('RouteKey', '"$default" or "METHOD /path"', routeKey);
  }
  return {
    routeKey,
    method: verb === undefined || verb === 'ANY' ? '*' : verb,
    path: path ?? '$default',
    authorization: readAuthorization(properties, authorizers),
    ...integration,
  };
};

const readThrottling = (stage: PropertyReader, apiId: string): HttpApiPlan['throttling'] => {
  stage.withoutLocalEffect('AccessLogSettings', 'AutoDeploy', 'Description', 'Tags');
  checkApiId(stage, apiId);
  stage.literal('StageName', ['$default']);
  const settings = stage.optionalObject('DefaultRouteSettings');
  settings?.withoutLocalEffect('DetailedMetricsEnabled');
  const rateLimit = settings?.optionalNumber('ThrottlingRateLimit');
  const burstLimit = settings?.optionalInteger('ThrottlingBurstLimit', { min: 0, max: 1_000_000 });
  if (rateLimit === undefined && burstLimit === undefined) return undefined;
  return {
    rateLimit: rateLimit ?? ACCOUNT_THROTTLING.rateLimit,
    burstLimit: burstLimit ?? ACCOUNT_THROTTLING.burstLimit,
  };
};

export const planHttpApi = (resources: HttpApiResources, targets: Targets): HttpApiPlan => {
  const { api, apiId } = resources;
  api.withoutLocalEffect('Description', 'Name', 'Tags');
  api.literal('ProtocolType', ['HTTP']);
  api.optionalLiteral('IpAddressType', ['ipv4', 'dualstack']);
  api.optionalBoolean('DisableExecuteApiEndpoint');

  const [stage, ...otherStages] = resources.stages;
  if (stage === undefined || otherStages.length > 0) {
    throw new TemplateError(
      'template-invalid',
      `Resource "${api.resource.logicalId}" (${api.resource.type}) must have one stage, $default; it has ${resources.stages.length}.`,
    );
  }
  const integrations = new Map(
    [...resources.integrations].map(([id, properties]) => [id, readIntegration(properties, apiId, targets)]),
  );
  const authorizers = new Map(
    [...resources.authorizers].map(([id, properties]) => [id, readAuthorizer(properties, apiId)]),
  );
  const throttling = readThrottling(stage, apiId);
  return {
    logicalId: api.resource.logicalId,
    apiId,
    name: resources.name,
    routes: resources.routes.map((route) => readRoute(route, apiId, integrations, authorizers)),
    ...(throttling === undefined ? {} : { throttling }),
  };
};
