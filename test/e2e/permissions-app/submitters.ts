import { fileURLToPath } from 'node:url';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { DockerImage, Duration, type Stack } from 'aws-cdk-lib/core';
import { buildSync } from 'esbuild';
import type { AsyncEndpoints } from '../../../lib/cdk/index.ts';

const inTree = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const bundleInto = (outdir: string): boolean => {
  buildSync({
    entryPoints: { index: fileURLToPath(new URL('./submitter.ts', import.meta.url)) },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    alias: { 'async-endpoints': inTree('../../../lib/index.ts') },
  });
  return true;
};

const createSubmitter = (stack: Stack, id: string, environment: Readonly<Record<string, string>> = {}) =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(inTree('.'), {
      bundling: { image: DockerImage.fromRegistry('scratch'), local: { tryBundle: bundleInto } },
    }),
    timeout: Duration.seconds(20),
    environment: { ...environment, SUBMITTER: id },
  });

/** Two ways to let a function submit, each with the role that CDK makes by itself; a schedule calls both. */
export function createSubmitters(stack: Stack, jobs: AsyncEndpoints): void {
  const connected = createSubmitter(stack, 'Connected');
  jobs.connect(connected);
  const granted = createSubmitter(stack, 'Granted', {
    ASYNC_ENDPOINTS_TABLE_NAME: jobs.table.tableName,
    ASYNC_ENDPOINTS_QUEUE_URL: jobs.queue.queueUrl,
  });
  jobs.grantSubmit(granted);

  const resources = [connected.functionArn, granted.functionArn];
  const role = new Role(stack, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    inlinePolicies: {
      invoke: new PolicyDocument({
        statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })],
      }),
    },
  });
  resources.forEach((arn, index) => {
    new CfnSchedule(stack, `EveryHour${index}`, {
      scheduleExpression: 'rate(1 hour)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn, roleArn: role.roleArn },
    });
  });
}
