import type { BundleOrigin } from '../../bundle/index.ts';
import { BUNDLE_METADATA } from '../../core/index.ts';
import { TemplateError } from './errors.ts';
import type { FunctionPlan } from './plan.ts';
import type { PropertyReader } from './property-reader.ts';

interface Identity {
  readonly name: string;
  readonly arn: string;
}

/** What Lambda does when there is no `AWS::Lambda::EventInvokeConfig`. */
const DEFAULT_ASYNC_INVOKE = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 } as const;

const readCodeDirectory = (properties: PropertyReader, assets: ReadonlyMap<string, string>): string => {
  const code = properties.object('Code');
  code.withoutLocalEffect('S3Bucket');
  const key = code.string('S3Key');
  const directory = assets.get(key);
  if (directory !== undefined) return directory;
  throw new TemplateError(
    'asset-missing',
    `Resource "${properties.resource.logicalId}" (${properties.resource.type}): its code "${key}" is no asset of this assembly. Synthesize the app again.`,
  );
};

const readRuntime = (properties: PropertyReader): void => {
  const runtime = properties.string('Runtime');
  if (!runtime.startsWith('nodejs'))
    throw properties.invalid('Runtime', 'a Node.js runtime (what runs locally)', runtime);
};

export const planFunction = (
  properties: PropertyReader,
  identity: Identity,
  assets: ReadonlyMap<string, string>,
): FunctionPlan => {
  properties.withoutLocalEffect(
    'Architectures',
    'Description',
    'EphemeralStorage',
    'FunctionName',
    'KmsKeyArn',
    // Nothing here stops recursive loops, so there is nothing to allow.
    'RecursiveLoop',
    'RuntimeManagementConfig',
    'Tags',
    'TracingConfig',
  );
  readRuntime(properties);
  properties.optionalLiteral('PackageType', ['Zip']);
  const logging = properties.optionalObject('LoggingConfig');
  logging?.withoutLocalEffect('ApplicationLogLevel', 'LogFormat', 'SystemLogLevel');
  const variables = properties.optionalObject('Environment')?.optionalStringMap('Variables');
  const origin = properties.resource.metadata[BUNDLE_METADATA];
  const reserved = properties.optionalInteger('ReservedConcurrentExecutions', { min: 0, max: 100_000 });
  return {
    logicalId: properties.resource.logicalId,
    ...identity,
    codeDirectory: readCodeDirectory(properties, assets),
    // Written by the construct of this very package, moments ago.
    ...(origin === undefined ? {} : { origin: origin as BundleOrigin }),
    handler: properties.string('Handler'),
    environment: variables ?? {},
    timeoutSeconds: properties.optionalInteger('Timeout', { min: 1, max: 900 }) ?? 3,
    memorySizeMb: properties.optionalInteger('MemorySize', { min: 128, max: 10_240 }) ?? 128,
    ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    roleArn: properties.string('Role'),
    logGroupName: logging?.optionalString('LogGroup') ?? `/aws/lambda/${identity.name}`,
    asyncInvoke: DEFAULT_ASYNC_INVOKE,
  };
};

/** Reads an `AWS::Lambda::EventInvokeConfig`; `functionName` is what the resource calls its function. */
export const planEventInvoke = (
  properties: PropertyReader,
): { readonly functionName: string; readonly asyncInvoke: FunctionPlan['asyncInvoke'] } => {
  properties.literal('Qualifier', ['$LATEST']);
  return {
    functionName: properties.string('FunctionName'),
    asyncInvoke: {
      maximumRetryAttempts:
        properties.optionalInteger('MaximumRetryAttempts', { min: 0, max: 2 }) ??
        DEFAULT_ASYNC_INVOKE.maximumRetryAttempts,
      maximumEventAgeSeconds:
        properties.optionalInteger('MaximumEventAgeInSeconds', { min: 60, max: 21_600 }) ??
        DEFAULT_ASYNC_INVOKE.maximumEventAgeSeconds,
    },
  };
};
