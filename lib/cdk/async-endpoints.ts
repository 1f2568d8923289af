import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { findJobFolders } from '../bundle/index.ts';
import { type AsyncEndpointsAlarms, createAlarms } from './alarms.ts';
import { createApi } from './api.ts';
import { createConsumer } from './consumer.ts';
import { createDashboard } from './dashboard.ts';
import { sharedEnvironment } from './environment.ts';
import { InvalidPropsError } from './errors.ts';
import { isLocal } from './local-context.ts';
import { createOutputs } from './outputs.ts';
import { PERMISSIONS, type Resources, toAllowances } from './permissions.ts';
import { createProducer } from './producer.ts';
import { findWrongKinds } from './prop-kinds.ts';
import type { AsyncEndpointsProps } from './props.ts';
import { createQueues } from './queues.ts';
import { resolveSettings } from './settings.ts';
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
  readonly dashboard: Dashboard;
  /** Absent when the `alarms` prop is `false`. */
  readonly alarms: AsyncEndpointsAlarms | undefined;

  private readonly resources: Resources;
  private readonly environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: AsyncEndpointsProps) {
    super(scope, id);
    const wrongKinds = findWrongKinds(props);
    if (wrongKinds.length > 0) throw new InvalidPropsError(this.node.path, wrongKinds);
    const settings = resolveSettings(props, isLocal(this));
    const jobs = findJobFolders(props.jobsDirectory);
    const problems = findProblems(settings, props.jobsDirectory, jobs);
    if (problems.length > 0) throw new InvalidPropsError(this.node.path, problems);

    const storage = createStorage(this, settings);
    const queues = createQueues(this, settings);
    this.table = storage.table;
    this.queue = queues.queue;
    this.deadLetterQueue = queues.deadLetterQueue;
    this.resources = { storage, queues, key: settings.encryptionKey };
    this.environment = sharedEnvironment(this.resources, settings);

    const installation = { settings, resources: this.resources, jobs, environment: this.environment };
    const producer = createProducer(this, installation);
    const consumer = createConsumer(this, installation);
    const api = settings.api === undefined ? undefined : createApi(this, installation, settings.api);
    this.api = api?.httpApi;
    this.functions = { api: api?.handler, producer, consumer };
    this.alarms = settings.alarms === undefined ? undefined : createAlarms(this, settings.alarms, this);
    this.dashboard = createDashboard(this, settings, this, this.alarms);
    createOutputs(this, settings, {
      apiUrl: api?.httpApi.apiEndpoint,
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
}
