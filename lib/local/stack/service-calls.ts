import { type AccessRecord, type Authorizer, type Principal, principalOf } from '../iam/index.ts';
import type { EventSourceMappingPlan, FunctionPlan, SchedulePlan, StackPlan } from '../template/plan.ts';
import { StackError } from './errors.ts';

const ASSUME = 'sts:AssumeRole';
const INVOKE = 'lambda:InvokeFunction';

/** AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": what the pollers do in the name of the function's role. */
const POLLER_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

/** CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service". */
const LOG_KEY_ACTIONS = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:DescribeKey',
] as const;

export interface ServiceCallsOptions {
  readonly plan: Pick<
    StackPlan,
    'access' | 'functions' | 'eventSourceMappings' | 'schedules' | 'httpApi' | 'logGroups'
  >;
  readonly authorizer: Authorizer;
}

/** What AWS's services do by a right of their own or in the name of a role, checked where the local runtime does it for them. */
export class ServiceCalls {
  private readonly options: ServiceCallsOptions;

  constructor(options: ServiceCallsOptions) {
    this.options = options;
  }

  /**
   * What AWS checks when it creates the resources, so that a deployment would end there.
   *
   * @throws StackError `permission-missing`, naming everything that is missing
   */
  assertDeployable(): void {
    const { functions, schedules, eventSourceMappings } = this.options.plan;
    const problems = [
      ...functions.flatMap(({ name, roleArn }) =>
        this.assume('lambda.amazonaws.com', roleArn) === undefined
          ? []
          : [`The role of the function ${name} cannot be assumed by Lambda (${ASSUME} on ${roleArn}).`],
      ),
      ...schedules.flatMap((schedule) =>
        this.assume('scheduler.amazonaws.com', schedule.roleArn) === undefined
          ? []
          : [`The role of the schedule ${schedule.name} cannot be assumed (${ASSUME} on ${schedule.roleArn}).`],
      ),
      ...eventSourceMappings.flatMap((mapping) => this.findPollerProblems(mapping)),
      ...this.findLogKeyProblems(),
    ];
    if (problems.length === 0) return;
    throw new StackError('permission-missing', `AWS would refuse to deploy this:\n  ${problems.join('\n  ')}`);
  }

  /** API Gateway calls by the right that a resource policy of the function gives it. */
  invokeByApi({ arn }: FunctionPlan, routeKey: string): AccessRecord | undefined {
    const { access, httpApi } = this.options.plan;
    const { region, accountId } = access;
    const path = `${httpApi?.apiId}/$default/${routeKey.replace(' ', '')}`;
    return this.options.authorizer.findRefusal(
      { kind: 'service', name: 'apigateway.amazonaws.com' },
      [{ action: INVOKE, resource: arn }],
      {
        'aws:SourceArn': `arn:aws:execute-api:${region}:${accountId}:${path}`,
        'aws:SourceAccount': accountId,
      },
    );
  }

  invokeBySchedule({ name, roleArn }: SchedulePlan, { arn: resource }: FunctionPlan): AccessRecord | undefined {
    const role = roleArn.split('/').at(-1);
    const arn = `arn:aws:sts::${this.options.plan.access.accountId}:assumed-role/${role}/${name}`;
    return this.options.authorizer.findRefusal({ kind: 'role', arn, roleArn }, [{ action: INVOKE, resource }]);
  }

  /**
   * With the first invocation of a function Lambda begins to write its log, if only about the start and the end of it, in a
   * group that it creates where there is none. A function whose role does not allow that runs on, unseen.
   */
  writeLog({ name, logGroupName }: FunctionPlan): void {
    const { logGroups, access } = this.options.plan;
    const principal = this.sessionOf(name);
    const group = `arn:aws:logs:${access.region}:${access.accountId}:log-group:${logGroupName}:log-stream:`;
    this.options.authorizer.findRefusal(principal, [
      ...(logGroups.includes(logGroupName) ? [] : [{ action: 'logs:CreateLogGroup', resource: group }]),
      { action: 'logs:CreateLogStream', resource: `${group}local` },
      { action: 'logs:PutLogEvents', resource: `${group}local` },
    ]);
  }

  private assume(service: string, roleArn: string): AccessRecord | undefined {
    const { region, accountId } = this.options.plan.access;
    // EventBridge Scheduler User Guide, "Confused deputy prevention": the source is the schedule's group.
    const source =
      service === 'scheduler.amazonaws.com'
        ? {
            'aws:SourceArn': `arn:aws:scheduler:${region}:${accountId}:schedule-group/default`,
            'aws:SourceAccount': accountId,
          }
        : {};
    const principal: Principal = { kind: 'service', name: service };
    return this.options.authorizer.findRefusal(principal, [{ action: ASSUME, resource: roleArn }], source);
  }

  /** Receiving and deleting count as used by the pollers alone; only the attributes are read when the mapping is made. */
  private findPollerProblems({ functionName, queue }: EventSourceMappingPlan): readonly string[] {
    const { authorizer } = this.options;
    const principal = this.sessionOf(functionName);
    const resource = queue.arn;
    const missing = POLLER_ACTIONS.filter(
      (action) => authorizer.foresee(principal, { action, resource }).decision.kind !== 'allowed',
    );
    authorizer.findRefusal(principal, [{ action: 'sqs:GetQueueAttributes', resource }]);
    return missing.map((action) => `The role of the function ${functionName} does not allow ${action} on ${resource}.`);
  }

  /** A key that another app makes has its policy there, which nobody can read here. */
  private findLogKeyProblems(): readonly string[] {
    const { keys, region, resourcePolicies } = this.options.plan.access;
    const principal: Principal = { kind: 'service', name: `logs.${region}.amazonaws.com` };
    return Object.entries(keys)
      .filter(([arn, key]) => arn.startsWith('arn:aws:logs:') && key in resourcePolicies)
      .flatMap(([arn, resource]) => {
        const context = { 'kms:EncryptionContext:aws:logs:arn': arn.replace(/:\*$/, '') };
        const calls = LOG_KEY_ACTIONS.map((action) => ({ action, resource }));
        const refusal = this.options.authorizer.findRefusal(principal, calls, context);
        return refusal === undefined
          ? []
          : [`The policy of the key ${resource} does not let CloudWatch Logs use it (${refusal.action}) for ${arn}.`];
      });
  }

  private sessionOf(functionName: string): Principal {
    const session = this.options.plan.access.sessions.find((candidate) => candidate.functionName === functionName);
    if (session !== undefined) return principalOf(session);
    throw new StackError('template-incomplete', `Expected the template to hold the function ${functionName}.`);
  }
}
