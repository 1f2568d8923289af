import type { Statement } from '../iam/index.ts';
import type { StackAssembly } from './assembly.ts';
import { TemplateError } from './errors.ts';
import type { FunctionPlan, HttpApiPlan, LocalValues, QueuePlan, SecretPlan, StackPlan } from './plan.ts';
import { planAccess, planIdentityPolicies, planResourcePolicies, toPolicies } from './plan-access.ts';
import { planEventInvoke, planFunction } from './plan-function.ts';
import { planHttpApi } from './plan-http-api.ts';
import { planKeys } from './plan-keys.ts';
import { planQueue } from './plan-queue.ts';
import { planTable } from './plan-table.ts';
import { planEventSourceMapping, planSchedule, type Targets } from './plan-triggers.ts';
import type { PropertyReader } from './property-reader.ts';
import { readPolicy } from './read-policy.ts';
import { openStacks, ResourcesByType } from './resources-by-type.ts';

const planFunctions = (resources: ResourcesByType, assets: StackAssembly['assets']): readonly FunctionPlan[] => {
  const roles = new Set(resources.of('AWS::IAM::Role').map((reader) => resources.arnOf(reader)));
  const eventInvokes = resources.of('AWS::Lambda::EventInvokeConfig').map(planEventInvoke);
  return resources.of('AWS::Lambda::Function').map((properties) => {
    const plan = planFunction(properties, resources.identityOf(properties), assets);
    if (!roles.has(plan.roleArn)) throw properties.invalid('Role', 'a role of this app', plan.roleArn);
    const own = eventInvokes.find(({ functionName }) => functionName === plan.name || functionName === plan.arn);
    return own === undefined ? plan : { ...plan, asyncInvoke: own.asyncInvoke };
  });
};

const planQueues = (resources: ResourcesByType): readonly QueuePlan[] => {
  const readers = resources.of('AWS::SQS::Queue');
  const arns = new Set(readers.map((reader) => resources.arnOf(reader)));
  return readers.map((reader) => {
    const plan = planQueue(reader, { ...resources.identityOf(reader), url: resources.refOf(reader) });
    if (plan.redrive !== undefined && !arns.has(plan.redrive.deadLetterQueueArn)) {
      throw reader.invalid('RedrivePolicy', 'a policy that names a queue of this template', plan.redrive);
    }
    return plan;
  });
};

const planSecret = (reader: PropertyReader, identity: SecretPlan): SecretPlan => {
  reader.withoutLocalEffect(
    'Description',
    'GenerateSecretString',
    'Name',
    'ReplicaRegions',
    'SecretString',
    'Tags',
    'Type',
  );
  return identity;
};

/** Where a table's policy stands is in the table itself. */
const planTablePolicies = (resources: ResourcesByType): readonly (readonly [string, readonly Statement[]])[] =>
  resources.of('AWS::DynamoDB::Table').flatMap((table) => {
    const own = table.optionalObject('ResourcePolicy');
    if (own === undefined) return [];
    const arn = resources.arnOf(table);
    return [[arn, readPolicy(own, 'PolicyDocument', { origin: table.resource.logicalId, resource: arn })] as const];
  });

const planApi = (resources: ResourcesByType, targets: Targets): HttpApiPlan | undefined => {
  const [api, ...others] = resources.of('AWS::ApiGatewayV2::Api');
  if (api === undefined) return undefined;
  if (others.length > 0) {
    throw new TemplateError('template-invalid', `The app has ${others.length + 1} HTTP APIs; one can run here.`);
  }
  const byId = (type: 'AWS::ApiGatewayV2::Integration' | 'AWS::ApiGatewayV2::Authorizer') =>
    new Map(resources.of(type).map((reader) => [resources.refOf(reader), reader]));
  return planHttpApi(
    {
      api,
      apiId: resources.refOf(api),
      name: api.optionalString('Name') ?? api.resource.logicalId,
      integrations: byId('AWS::ApiGatewayV2::Integration'),
      authorizers: byId('AWS::ApiGatewayV2::Authorizer'),
      routes: resources.of('AWS::ApiGatewayV2::Route'),
      stages: resources.of('AWS::ApiGatewayV2::Stage'),
    },
    targets,
  );
};

const planLogGroup = (reader: PropertyReader, name: string): string => {
  reader.withoutLocalEffect(
    'BearerTokenAuthenticationEnabled',
    'DataProtectionPolicy',
    'DeletionProtectionEnabled',
    'FieldIndexPolicies',
    'LogGroupClass',
    'LogGroupName',
    'ResourcePolicyDocument',
    'RetentionInDays',
    'Tags',
  );
  return name;
};

/**
 * All stacks of an app as one: they run together, as they are deployed together. Pure: the same assemblies and the same local
 * values give the same plan.
 */
export const planStacks = (assemblies: readonly StackAssembly[], local: LocalValues): StackPlan => {
  const stacks = openStacks(assemblies, local);
  const resources = new ResourcesByType(stacks);
  const assets = new Map(assemblies.flatMap((assembly) => [...assembly.assets]));

  const tables = resources.of('AWS::DynamoDB::Table').map((reader) => planTable(reader, resources.identityOf(reader)));
  const queues = planQueues(resources);
  const functions = planFunctions(resources, assets);
  const targets = { functions, queues };
  const eventSourceMappings = resources
    .of('AWS::Lambda::EventSourceMapping')
    .map((reader) => planEventSourceMapping(reader, targets));
  const schedules = resources
    .of('AWS::Scheduler::Schedule')
    .map((reader) => planSchedule(reader, resources.identityOf(reader), targets));
  const httpApi = planApi(resources, targets);
  const secrets = resources
    .of('AWS::SecretsManager::Secret')
    .map((reader) => planSecret(reader, resources.identityOf(reader)));
  const logGroups = resources.of('AWS::Logs::LogGroup').map((reader) => planLogGroup(reader, resources.nameOf(reader)));
  const policies = {
    identityPolicies: toPolicies(planIdentityPolicies(resources)),
    resourcePolicies: toPolicies([...planTablePolicies(resources), ...planResourcePolicies(resources, local)]),
    keys: planKeys(resources, local),
  };
  // Of two stacks that use one name, the first is the app's own.
  const outputs = stacks
    .flatMap(({ template, references }) => [...template.outputs].map(([name, value]) => ({ name, value, references })))
    .map(({ name, value, references }) => [name, String(references.resolve(value))])
    .reverse();
  resources.end();

  return {
    tables,
    queues,
    functions,
    eventSourceMappings,
    schedules,
    ...(httpApi === undefined ? {} : { httpApi }),
    secrets,
    logGroups,
    access: planAccess(functions, policies, local),
    outputs: Object.fromEntries(outputs),
  };
};
