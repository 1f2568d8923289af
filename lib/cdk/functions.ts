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

export interface FunctionRequest {
  readonly name: FunctionName;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memorySizeMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly jobs: JobFolders;
  readonly settings: Settings;
  /** What only one of the functions needs. */
  readonly options?: Pick<
    FunctionProps,
    'reservedConcurrentExecutions' | 'recursiveLoop' | 'retryAttempts' | 'maxEventAge'
  >;
}

const toId = (name: FunctionName): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A function with a role and a log group of its own; the role holds exactly what `PERMISSIONS` lists, inline. */
export function createFunction(parent: Construct, request: FunctionRequest): LambdaFunction {
  const { name, settings } = request;
  const scope = new Construct(parent, toId(name));
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: settings.logRetention,
    removalPolicy: settings.removalPolicy,
  });
  const statements = toAllowances(PERMISSIONS[name], request.resources).map(
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
    code: bundledCode(scope, name, request.jobs),
    timeout: Duration.seconds(request.timeoutSeconds),
    memorySize: request.memorySizeMb,
    environment: { ...request.environment },
    role,
    logGroup,
    ...request.options,
  });
}
