import { TemplateError } from './errors.ts';

export type RawObject = Readonly<Record<string, unknown>>;

export interface RawResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: RawObject;
  readonly metadata: RawObject;
  readonly condition?: string;
}

/** A template whose sections have the shape of CloudFormation; what stands in the properties is not looked at here. */
export interface RawTemplate {
  readonly resources: ReadonlyMap<string, RawResource>;
  readonly outputs: ReadonlyMap<string, unknown>;
  /** What other stacks may import, by the name of the export; both may hold intrinsic functions. */
  readonly exports: readonly { readonly name: unknown; readonly value: unknown }[];
  /** Parameters that have a default, which is the value they take locally. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Sections that say nothing about what runs. `Rules` and `Conditions` count only where something refers to them. */
const KNOWN_SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
]);

export const isObject = (value: unknown): value is RawObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readSection = (template: RawObject, name: string): RawObject => {
  const section = template[name] ?? {};
  if (!isObject(section)) {
    throw new TemplateError('template-invalid', `Template section "${name}" must be an object, got ${typeof section}.`);
  }
  return section;
};

const parseResource = (logicalId: string, raw: unknown): RawResource => {
  if (!isObject(raw) || typeof raw['Type'] !== 'string') {
    throw new TemplateError('template-invalid', `Template resource "${logicalId}" must be an object with a "Type".`);
  }
  const properties = raw['Properties'] ?? {};
  if (!isObject(properties)) {
    throw new TemplateError('template-invalid', `Template resource "${logicalId}": "Properties" must be an object.`);
  }
  const condition = raw['Condition'];
  const metadata = isObject(raw['Metadata']) ? raw['Metadata'] : {};
  return {
    logicalId,
    type: raw['Type'],
    properties,
    metadata,
    ...(typeof condition === 'string' ? { condition } : {}),
  };
};

export const parseTemplate = (template: unknown): RawTemplate => {
  if (!isObject(template) || !isObject(template['Resources'])) {
    throw new TemplateError('template-invalid', 'A template must be an object with "Resources". Synthesize it again.');
  }
  const unknownSection = Object.keys(template).find((name) => !KNOWN_SECTIONS.has(name));
  if (unknownSection !== undefined) {
    throw new TemplateError(
      'template-invalid',
      `Template section "${unknownSection}" is not known to the local runtime.`,
    );
  }
  const resources = Object.entries(template['Resources']).map(([logicalId, raw]): [string, RawResource] => [
    logicalId,
    parseResource(logicalId, raw),
  ]);
  const outputs = Object.entries(readSection(template, 'Outputs')).map(([name, output]): [string, unknown] => [
    name,
    isObject(output) ? output['Value'] : undefined,
  ]);
  const exported = Object.values(readSection(template, 'Outputs')).flatMap((output) =>
    isObject(output) && isObject(output['Export']) ? [{ name: output['Export']['Name'], value: output['Value'] }] : [],
  );
  const parameters = Object.entries(readSection(template, 'Parameters')).flatMap(
    ([name, parameter]): [string, string][] =>
      isObject(parameter) && parameter['Default'] !== undefined ? [[name, String(parameter['Default'])]] : [],
  );
  return {
    resources: new Map(resources),
    outputs: new Map(outputs),
    exports: exported,
    parameters: new Map(parameters),
  };
};
