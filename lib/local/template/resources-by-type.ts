import type { StackAssembly } from './assembly.ts';
import { TemplateError } from './errors.ts';
import type { LocalValues } from './plan.ts';
import { ACCESS_TYPES } from './plan-access.ts';
import { PropertyReader } from './property-reader.ts';
import { parseTemplate, type RawResource, type RawTemplate } from './raw-template.ts';
import { createReferences, type References } from './references.ts';

/** What the local runtime stands in for, and what says who may use it. */
const READ_TYPES = [
  ...ACCESS_TYPES,
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::DynamoDB::Table',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
] as const;
type ReadType = (typeof READ_TYPES)[number];

/** Metrics, logs and keys: lines go to the terminal, nobody is called at night, nothing is encrypted. */
const TYPES_WITHOUT_LOCAL_EFFECT: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::KMS::Alias',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::Scheduler::ScheduleGroup',
]);

interface OpenStack {
  readonly template: RawTemplate;
  readonly references: References;
}

/** The templates of an app, each with its own names; what one exports the others may import. */
export const openStacks = (assemblies: readonly StackAssembly[], local: LocalValues): readonly OpenStack[] => {
  const importValue = (name: string): unknown => {
    for (const { template, references } of stacks) {
      const found = template.exports.find((entry) => references.resolve(entry.name) === name);
      if (found !== undefined) return references.resolve(found.value);
    }
    throw new TemplateError('reference-unknown', `A template imports "${name}", which no stack of the app exports.`);
  };
  const stacks = assemblies.map(({ template: raw, stackName }): OpenStack => {
    const template = parseTemplate(raw);
    return { template, references: createReferences(template, stackName, local, importValue) };
  });
  return stacks;
};

/** Readers of the resources that run here, by type, of all stacks. Throws for a type that is on neither list. */
export class ResourcesByType {
  private readonly readers = new Map<string, PropertyReader[]>(READ_TYPES.map((type) => [type, []]));
  private readonly references = new Map<RawResource, References>();

  constructor(stacks: readonly OpenStack[]) {
    for (const { template, references } of stacks) {
      for (const resource of template.resources.values()) this.add(resource, references);
    }
  }

  of(type: ReadType): readonly PropertyReader[] {
    return this.readers.get(type) ?? [];
  }

  /** What `Ref` of the resource gives. */
  refOf({ resource }: PropertyReader): string {
    return String(this.references.get(resource)?.resolve({ Ref: resource.logicalId }));
  }

  nameOf({ resource }: PropertyReader): string {
    return this.references.get(resource)?.nameOf(resource) ?? '';
  }

  arnOf({ resource }: PropertyReader): string {
    return this.references.get(resource)?.arnOf(resource) ?? '';
  }

  identityOf(reader: PropertyReader): { readonly name: string; readonly arn: string } {
    return { name: this.nameOf(reader), arn: this.arnOf(reader) };
  }

  /** Throws for a property that nobody has read. */
  end(): void {
    for (const reader of [...this.readers.values()].flat()) reader.end();
  }

  private add(resource: RawResource, references: References): void {
    if (TYPES_WITHOUT_LOCAL_EFFECT.has(resource.type)) return;
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
    this.references.set(resource, references);
    readers.push(new PropertyReader(resource, references.resolve));
  }
}
