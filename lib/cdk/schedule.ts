import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** A tick that is a minute old has been followed by the next one, so it dies instead of being tried again. */
export const STALE_TICK = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 } as const;

/**
 * Wakes the producer every minute, the finest a schedule can be. Written out, because the ready-made target also grants
 * the invocation of every version and alias.
 */
export function createSchedule(parent: Construct, producer: IFunction): void {
  const scope = new Construct(parent, 'Schedule');
  const role = new Role(scope, 'Role', {
    // Without the condition a schedule in somebody else's account could borrow the role.
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
    description: 'Wakes the producer',
    inlinePolicies: {
      invoke: new PolicyDocument({
        statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [producer.functionArn] })],
      }),
    },
  });
  new CfnSchedule(scope, 'EveryMinute', {
    description: 'Wakes the producer',
    scheduleExpression: 'rate(1 minute)',
    flexibleTimeWindow: { mode: 'OFF' },
    target: { arn: producer.functionArn, roleArn: role.roleArn, retryPolicy: STALE_TICK },
  });
}
