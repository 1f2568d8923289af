import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type Function as LambdaFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { API_TIMEOUT_SECONDS, createApi } from './api.ts';
import { findJobFolders } from './bundle/job-folders.ts';
import { consumerEnvironment, producerEnvironment, sharedEnvironment } from './environment.ts';
import { InvalidPropsError } from './errors.ts';
import { createEventSource } from './event-source.ts';
import { createFunction } from './functions.ts';
import { createOutputs } from './outputs.ts';
import { PERMISSIONS, type Resources, toAllowances } from './permissions.ts';
import type { AsyncEndpointsProps } from './props.ts';
import { createQueues } from './queues.ts';
import { createSchedule, STALE_TICK } from './schedule.ts';
import { resolveSettings, type Settings } from './settings.ts';
import { createStorage } from './storage.ts';
import { findProblems } from './validation.ts';

/** The functions of an installation, for what the props do not offer: permissions of the handlers, alarms, tags. */
export interface AsyncEndpointsFunctions {
  /** Absent when `api` is `false`. */
  readonly api: LambdaFunction | undefined;
  readonly producer: LambdaFunction;
  readonly consumer: LambdaFunction;
}

/**
 * Durable background jobs: a table that holds the truth, a queue that moves the work, functions that do it.
 *
 * @throws InvalidPropsError at synth when a prop, or several together, cannot work.
 */
export class AsyncEndpoints extends Construct {
  readonly table: Table;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  /** Absent when the `api` prop is `false`. */
  readonly api: HttpApi | undefined;
  readonly functions: AsyncEndpointsFunctions;

  private readonly resources: Resources;
  private readonly environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: AsyncEndpointsProps) {
    super(scope, id);
    const settings = resolveSettings(props);
    const jobs = findJobFolders(props.jobsDirectory);
    const problems = findProblems(settings, props.jobsDirectory, jobs);
    if (problems.length > 0) throw new InvalidPropsError(this.node.path, problems);

    const storage = createStorage(this, settings);
    const queues = createQueues(this, settings);
    this.table = storage.table;
    this.queue = queues.queue;
    this.deadLetterQueue = queues.deadLetterQueue;
    this.resources = { storage, queues };
    this.environment = sharedEnvironment(this.resources, settings);

    const shared = { resources: this.resources, jobs, settings };
    const producer = createFunction(this, {
      ...shared,
      name: 'producer',
      description: 'Finds jobs that are due and sends them',
      timeoutSeconds: settings.producer.timeoutSeconds,
      memorySizeMb: settings.producer.memorySizeMb,
      environment: { ...this.environment, ...producerEnvironment(settings) },
      // The schedule invokes asynchronously, and Lambda's own queue would try a failed tick twice more for hours.
      options: {
        retryAttempts: STALE_TICK.maximumRetryAttempts,
        maxEventAge: Duration.seconds(STALE_TICK.maximumEventAgeInSeconds),
      },
    });
    createSchedule(this, producer);
    const consumer = createFunction(this, {
      ...shared,
      name: 'consumer',
      description: 'Runs jobs',
      timeoutSeconds: settings.consumer.timeoutSeconds,
      memorySizeMb: settings.consumer.memorySizeMb,
      environment: { ...this.environment, ...consumerEnvironment(settings) },
      options: {
        ...(settings.reserveConcurrency ? { reservedConcurrentExecutions: settings.concurrency } : {}),
        // It sends retries to the queue that feeds it, which Lambda would stop after some rounds as a loop gone wild.
        // The budgets in the table bound every loop.
        recursiveLoop: RecursiveLoop.ALLOW,
      },
    });
    createEventSource(this, consumer, this.queue, settings);

    const { function: apiFunction, api } = this.createApi(settings, shared);
    this.api = api;
    this.functions = { api: apiFunction, producer, consumer };
    createOutputs(this, settings, {
      apiUrl: api?.apiEndpoint,
      tableName: this.table.tableName,
      queueUrl: this.queue.queueUrl,
      deadLetterQueueUrl: this.deadLetterQueue.queueUrl,
    });
  }

  /** Lets a function submit jobs: the permission and the variables that `JobClient.fromEnv()` reads, in one. */
  connect(submitter: LambdaFunction): void {
    for (const [name, value] of Object.entries(this.environment)) submitter.addEnvironment(name, value);
    this.grantSubmit(submitter);
  }

  /** Lets somebody submit jobs and read them one by one: exactly the actions that this takes. */
  grantSubmit(grantee: IGrantable): Grant {
    const [first, ...others] = toAllowances(PERMISSIONS.submit, this.resources).map((allowance) =>
      Grant.addToPrincipal({ grantee, ...allowance }),
    );
    return others.reduce((all, grant) => all.combine(grant), first ?? Grant.drop(grantee, 'nothing to grant'));
  }

  private createApi(
    settings: Settings,
    shared: Pick<Parameters<typeof createFunction>[1], 'resources' | 'jobs' | 'settings'>,
  ): { readonly function: LambdaFunction | undefined; readonly api: HttpApi | undefined } {
    if (settings.api === undefined) return { function: undefined, api: undefined };
    const handler = createFunction(this, {
      ...shared,
      name: 'api',
      description: 'Answers the HTTP API of the jobs',
      timeoutSeconds: API_TIMEOUT_SECONDS,
      memorySizeMb: settings.api.memorySizeMb,
      environment: this.environment,
    });
    return { function: handler, api: createApi(this, handler, settings, settings.api) };
  }
}
