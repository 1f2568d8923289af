import { evaluate } from '../../lib/local/iam/evaluate.ts';
import type { AccessPlan, AccessRecord, Statement } from '../../lib/local/iam/index.ts';

/** One action on one resource that a statement allows. */
interface Allowance {
  readonly kind: 'identityPolicies' | 'resourcePolicies';
  /** ARN of the role or of the resource whose policy it is. */
  readonly arn: string;
  readonly statement: Statement;
  readonly action: string;
  readonly resource: string;
}

/** What roles may do, who may take them on, and who may invoke functions. What keys allow is between AWS's services. */
export const listAllowances = (plan: AccessPlan): readonly Allowance[] =>
  (['identityPolicies', 'resourcePolicies'] as const).flatMap((kind) =>
    Object.entries(plan[kind])
      .filter(([arn]) => !arn.startsWith('arn:aws:kms:'))
      .flatMap(([arn, statements]) =>
        statements
          .filter(({ effect }) => effect === 'Allow')
          .flatMap((statement) =>
            statement.actions.patterns.flatMap((action) =>
              statement.resources.patterns.map((resource) => ({ kind, arn, statement, action, resource })),
            ),
          ),
      ),
  );

/** The plan without one allowance. */
export const withoutAllowance = (
  plan: AccessPlan,
  { kind, arn, statement, action, resource }: Allowance,
): AccessPlan => {
  const { actions, resources } = statement;
  const others = (patterns: readonly string[], one: string) => patterns.filter((pattern) => pattern !== one);
  const rest: readonly Statement[] = [
    { ...statement, actions: { ...actions, patterns: others(actions.patterns, action) } },
    {
      ...statement,
      actions: { ...actions, patterns: [action] },
      resources: { ...resources, patterns: others(resources.patterns, resource) },
    },
  ];
  const statements = (plan[kind][arn] ?? []).flatMap((each) => (each === statement ? rest : [each]));
  return { ...plan, [kind]: { ...plan[kind], [arn]: statements } };
};

/** Whoever has asked for it, what and where: `Main-JobsApiFunction5C8D: sqs:SendMessage on arn:aws:sqs:…:Main-Queue`. */
export const describeCall = ({ principal, action, resource }: AccessRecord): string =>
  `${principal.kind === 'role' ? principal.arn.split('/').at(-1) : principal.name}: ${action} on ${resource}`;

/** Those of the calls that were allowed which a plan with less in it would refuse. */
export const findRefused = (plan: AccessPlan, records: readonly AccessRecord[]): readonly string[] =>
  records
    .filter(({ decision }) => decision.kind === 'allowed')
    .filter((record) => evaluate(record, plan).kind !== 'allowed')
    .map(describeCall);

/** Allowances without which nobody would be refused anything, by the functions or resources that have them. */
export const findUnused = (plan: AccessPlan, records: readonly AccessRecord[]): readonly string[] =>
  listAllowances(plan)
    .filter((allowance) => findRefused(withoutAllowance(plan, allowance), records).length === 0)
    .map(({ arn, action, resource, statement }) => {
      const functions = plan.sessions.filter(({ roleArn }) => roleArn === arn).map(({ functionName }) => functionName);
      return `${functions.join(', ') || arn}: ${action} on ${resource} (${statement.origin})`;
    });
