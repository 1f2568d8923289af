import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { producerEnvironment } from './environment.ts';
import { createFunction, type Installation } from './functions.ts';
import { createSchedule, STALE_TICK } from './schedule.ts';

/** The function that finds due jobs, and the schedule that wakes it. */
export function createProducer(scope: Construct, installation: Installation): LambdaFunction {
  const { producer } = installation.settings;
  const created = createFunction(scope, installation, {
    name: 'producer',
    description: 'Finds jobs that are due and sends them',
    timeoutSeconds: producer.timeoutSeconds,
    memorySizeMb: producer.memorySizeMb,
    environment: producerEnvironment(installation.settings),
    // The schedule invokes asynchronously, and Lambda's own queue would try a failed tick twice more for hours.
    options: {
      retryAttempts: STALE_TICK.maximumRetryAttempts,
      maxEventAge: Duration.seconds(STALE_TICK.maximumEventAgeInSeconds),
    },
  });
  createSchedule(scope, created);
  return created;
}
