import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { bundledCode } from './bundle/bundled-code.ts';
import type { JobFolders } from './bundle/job-folders.ts';
import type { FunctionName } from './bundle/package-sources.ts';
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
  /** What only one of the functions needs. */
  readonly options?: Pick<
    FunctionProps,
    'reservedConcurrentExecutions' | 'recursiveLoop' | 'retryAttempts' | 'maxEventAge'
  >;
}

const toId = (name: FunctionName): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A function with a role and a log group of its own; the role holds exactly what `PERMISSIONS` lists, inline. */
export function createFunction(
  parent: Construct,
  { settings, resources, jobs, environment }: Installation,
  request: FunctionRequest,
): LambdaFunction {
  const { name } = request;
  const scope = new Construct(parent, toId(name));
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: settings.logRetention,
    removalPolicy: settings.removalPolicy,
  });
  const statements = toAllowances(PERMISSIONS[name], resources).map(
    ({ actions, resourceArns }) => new PolicyStatement({ actions, resources: resourceArns }),
  );
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: request.description,
    inlinePolicies: { [name]: new PolicyDocument({ statements: [...statements, logStatement(logGroup)] }) },
  });
  return new LambdaFunction(scope, 'Function', {
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
}
