import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type BundleOrigin, type FunctionName, type JobFolders, ownSources } from '../bundle/index.ts';
import { BUNDLE_METADATA } from '../core/names.ts';
import { bundledCode } from './bundled-code.ts';
import { isLocal } from './local-context.ts';
import { createLogGroup } from './log-group.ts';
import { logStatement, PERMISSIONS, type Resources, toAllowances } from './permissions.ts';
import type { Settings } from './settings.ts';

/** What the parts of one `AsyncEndpoints` share. */
export interface Installation {
  readonly settings: Settings;
  readonly resources: Resources;
  readonly jobs: JobFolders;
  /** The variables that every function gets. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface FunctionRequest {
  readonly name: FunctionName;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memorySizeMb: number;
  /** The variables that only this function gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it may do beyond `PERMISSIONS`, with resources that the props name. */
  readonly statements?: readonly PolicyStatement[];
  /** What only one of the functions needs. */
  readonly options?: Pick<
    FunctionProps,
    'reservedConcurrentExecutions' | 'recursiveLoop' | 'retryAttempts' | 'maxEventAge'
  >;
}

const toId = (name: FunctionName): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A function with a role and a log group of its own; the role holds exactly what `PERMISSIONS` and the request list, inline. */
export function createFunction(
  parent: Construct,
  { settings, resources, jobs, environment }: Installation,
  request: FunctionRequest,
): LambdaFunction {
  const { name } = request;
  const scope = new Construct(parent, toId(name));
  const logGroup = createLogGroup(scope, 'Logs', settings);
  const statements = [
    ...toAllowances(PERMISSIONS[name], resources).map(
      ({ resourceArns, ...allowance }) => new PolicyStatement({ ...allowance, resources: resourceArns }),
    ),
    ...(request.statements ?? []),
    logStatement(logGroup),
  ];
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: request.description,
    inlinePolicies: { [name]: new PolicyDocument({ statements }) },
  });
  const created = new LambdaFunction(scope, 'Function', {
    description: request.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: bundledCode(scope, name, jobs),
    timeout: Duration.seconds(request.timeoutSeconds),
    memorySize: request.memorySizeMb,
    environment: { ...environment, ...request.environment },
    role,
    logGroup,
    ...request.options,
  });
  const resource = created.node.defaultChild;
  if (isLocal(scope) && resource instanceof CfnResource) resource.addMetadata(BUNDLE_METADATA, originOf(name, jobs));
  return created;
}

/** For an app that the local runtime synthesizes: a deployed template names no path of the machine that it came from. */
function originOf(name: FunctionName, jobs: JobFolders): BundleOrigin {
  return { name, sources: ownSources(), jobsDirectory: jobs.directory, projectDirectory: process.cwd() };
}
