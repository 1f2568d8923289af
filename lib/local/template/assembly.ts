import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TemplateError } from './errors.ts';
import { isObject, type RawObject } from './raw-template.ts';

/** One stack of a synthesized cloud assembly: its template and where its assets lie on this disk. */
export interface StackAssembly {
  readonly stackName: string;
  readonly template: unknown;
  /** S3 object key of an asset, as the template names it → absolute path. */
  readonly assets: ReadonlyMap<string, string>;
}

interface StackArtifact {
  readonly stackName: string;
  readonly directory: string;
  readonly properties: RawObject;
  readonly dependencies: readonly string[];
  /** All artifacts of the manifest that names this one. */
  readonly siblings: RawObject;
}

const readJsonObject = async (path: string): Promise<RawObject> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TemplateError('assembly-unreadable', `Cannot read ${path}. Synthesize the app again.`, { cause });
  }
  if (!isObject(parsed)) throw new TemplateError('assembly-unreadable', `${path} must hold a JSON object.`);
  return parsed;
};

const objectOf = (value: unknown): RawObject => (isObject(value) ? value : {});

const textOf = (value: unknown, what: string): string => {
  if (typeof value === 'string') return value;
  throw new TemplateError('assembly-unreadable', `The assembly's manifest has no ${what}. Synthesize the app again.`);
};

/** All stacks, also those of nested assemblies (a CDK `Stage` writes one of its own). */
const findStacks = async (directory: string): Promise<readonly StackArtifact[]> => {
  const manifest = await readJsonObject(join(directory, 'manifest.json'));
  const siblings = objectOf(manifest['artifacts']);
  const found = Object.entries(siblings).map(async ([artifactId, value]): Promise<readonly StackArtifact[]> => {
    const artifact = objectOf(value);
    const properties = objectOf(artifact['properties']);
    if (artifact['type'] === 'cdk:cloud-assembly') {
      return findStacks(join(directory, textOf(properties['directoryName'], 'directory of a nested assembly')));
    }
    if (artifact['type'] !== 'aws:cloudformation:stack') return [];
    const { stackName } = properties;
    const dependencies = Array.isArray(artifact['dependencies']) ? artifact['dependencies'].map(String) : [];
    return [
      {
        stackName: typeof stackName === 'string' ? stackName : artifactId,
        directory,
        properties,
        dependencies,
        siblings,
      },
    ];
  });
  return (await Promise.all(found)).flat();
};

const readAssets = async (stack: StackArtifact): Promise<ReadonlyMap<string, string>> => {
  const manifests = stack.dependencies
    .map((dependency) => objectOf(stack.siblings[dependency]))
    .filter((artifact) => artifact['type'] === 'cdk:asset-manifest')
    .map((artifact) => join(stack.directory, textOf(objectOf(artifact['properties'])['file'], 'asset manifest file')));
  const assets = new Map<string, string>();
  for (const manifest of await Promise.all(manifests.map(readJsonObject))) {
    for (const file of Object.values(objectOf(manifest['files'])).map(objectOf)) {
      const path = objectOf(file['source'])['path'];
      if (typeof path !== 'string') continue;
      for (const destination of Object.values(objectOf(file['destinations'])).map(objectOf)) {
        assets.set(textOf(destination['objectKey'], 'object key of an asset'), resolve(stack.directory, path));
      }
    }
  }
  return assets;
};

const readStack = async (stack: StackArtifact): Promise<StackAssembly> => {
  const templateFile = join(stack.directory, textOf(stack.properties['templateFile'], 'template file'));
  const [template, assets] = await Promise.all([readJsonObject(templateFile), readAssets(stack)]);
  return { stackName: stack.stackName, template, assets };
};

/** Reads every stack of `cdk.out`; there must be one. */
export const readAssemblies = async (directory: string): Promise<readonly StackAssembly[]> => {
  const stacks = await findStacks(directory);
  if (stacks.length > 0) return Promise.all(stacks.map(readStack));
  throw new TemplateError(
    'stack-not-found',
    'The app has no stack. Create one, with an AsyncEndpoints construct in it.',
  );
};
