import type { StackAssembly } from './assembly.ts';
import { TemplateError } from './errors.ts';
import type { FunctionPlan, HttpApiPlan, LocalValues, QueuePlan, StackPlan } from './plan.ts';
import { planEventInvoke, planFunction } from './plan-function.ts';
import { planHttpApi } from './plan-http-api.ts';
import { planQueue } from './plan-queue.ts';
import { planTable } from './plan-table.ts';
import { planEventSourceMapping, planSchedule, type Targets } from './plan-triggers.ts';
import { PropertyReader } from './property-reader.ts';
import { parseTemplate, type RawResource } from './raw-template.ts';
import { createReferences, type References } from './references.ts';

/** What the local runtime stands in for. */
const RUN_TYPES = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::DynamoDB::Table',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
] as const;

/** Permissions, logs and metrics: on this machine nobody is refused, lines go to the terminal, nobody is called at night. */
const TYPES_WITHOUT_LOCAL_EFFECT: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::SQS::QueuePolicy',
  // Secrets come from a file of this machine.
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecretsManager::Secret',
  'AWS::Scheduler::ScheduleGroup',
]);

type RunType = (typeof RUN_TYPES)[number];

/** Readers of the resources that run here, by type. Throws for a type that is on neither list. */
class ResourcesByType {
  private readonly readers = new Map<string, PropertyReader[]>(RUN_TYPES.map((type) => [type, []]));

  constructor(resources: Iterable<RawResource>, references: References) {
    for (const resource of resources) {
      if (TYPES_WITHOUT_LOCAL_EFFECT.has(resource.type)) continue;
      const readers = this.readers.get(resource.type);
      if (readers === undefined) {
        throw new TemplateError(
          'resource-type-unknown',
          `Resource "${resource.logicalId}" has the type ${resource.type}, which the local runtime does not know.`,
        );
      }
      if (resource.condition !== undefined) {
        throw new TemplateError(
          'template-invalid',
          `Resource "${resource.logicalId}" (${resource.type}) depends on the condition "${resource.condition}"; conditions are not evaluated locally.`,
        );
      }
      readers.push(new PropertyReader(resource, references.resolve));
    }
  }

  of(type: RunType): readonly PropertyReader[] {
    return this.readers.get(type) ?? [];
  }

  /** Throws for a property that nobody has read. */
  end(): void {
    for (const reader of [...this.readers.values()].flat()) reader.end();
  }
}

const planFunctions = (
  resources: ResourcesByType,
  references: References,
  assets: StackAssembly['assets'],
): readonly FunctionPlan[] => {
  const eventInvokes = resources.of('AWS::Lambda::EventInvokeConfig').map(planEventInvoke);
  return resources.of('AWS::Lambda::Function').map((properties) => {
    const plan = planFunction(properties, identityOf(properties, references), assets);
    const own = eventInvokes.find(({ functionName }) => functionName === plan.name || functionName === plan.arn);
    return own === undefined ? plan : { ...plan, asyncInvoke: own.asyncInvoke };
  });
};

const identityOf = ({ resource }: PropertyReader, references: References) => ({
  name: references.nameOf(resource),
  arn: references.arnOf(resource),
});

const planQueues = (resources: ResourcesByType, references: References): readonly QueuePlan[] => {
  const readers = resources.of('AWS::SQS::Queue');
  const arns = new Set(readers.map(({ resource }) => references.arnOf(resource)));
  return readers.map((reader) => {
    const url = String(references.resolve({ Ref: reader.resource.logicalId }));
    const plan = planQueue(reader, { ...identityOf(reader, references), url });
    if (plan.redrive !== undefined && !arns.has(plan.redrive.deadLetterQueueArn)) {
      throw reader.invalid('RedrivePolicy', 'a policy that names a queue of this template', plan.redrive);
    }
    return plan;
  });
};

const planApi = (resources: ResourcesByType, references: References, targets: Targets): HttpApiPlan | undefined => {
  const [api, ...others] = resources.of('AWS::ApiGatewayV2::Api');
  if (api === undefined) return undefined;
  if (others.length > 0) {
    throw new TemplateError('template-invalid', `The template has ${others.length + 1} HTTP APIs; one can run here.`);
  }
  const idOf = ({ resource }: PropertyReader) => String(references.resolve({ Ref: resource.logicalId }));
  const byId = (type: RunType) => new Map(resources.of(type).map((reader) => [idOf(reader), reader]));
  return planHttpApi(
    {
      api,
      apiId: idOf(api),
      name: api.optionalString('Name') ?? api.resource.logicalId,
      integrations: byId('AWS::ApiGatewayV2::Integration'),
      authorizers: byId('AWS::ApiGatewayV2::Authorizer'),
      routes: resources.of('AWS::ApiGatewayV2::Route'),
      stages: resources.of('AWS::ApiGatewayV2::Stage'),
    },
    targets,
  );
};

/** Pure: the same assembly and the same local values give the same plan. */
export const planStack = (assembly: StackAssembly, local: LocalValues): StackPlan => {
  const template = parseTemplate(assembly.template);
  const references = createReferences(template, assembly.stackName, local);
  const resources = new ResourcesByType(template.resources.values(), references);

  const tables = resources
    .of('AWS::DynamoDB::Table')
    .map((reader) => planTable(reader, identityOf(reader, references)));
  const queues = planQueues(resources, references);
  const functions = planFunctions(resources, references, assembly.assets);
  const targets = { functions, queues };
  const eventSourceMappings = resources
    .of('AWS::Lambda::EventSourceMapping')
    .map((reader) => planEventSourceMapping(reader, targets));
  const schedules = resources
    .of('AWS::Scheduler::Schedule')
    .map((reader) => planSchedule(reader, identityOf(reader, references), targets));
  const httpApi = planApi(resources, references, targets);
  const outputs = [...template.outputs].map(([name, value]) => [name, String(references.resolve(value))]);
  resources.end();

  return {
    stackName: assembly.stackName,
    tables,
    queues,
    functions,
    eventSourceMappings,
    schedules,
    ...(httpApi === undefined ? {} : { httpApi }),
    outputs: Object.fromEntries(outputs),
  };
};
