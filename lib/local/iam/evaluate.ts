import { holds, type RequestContext } from './conditions.ts';
import { matchesAction, matchesText } from './patterns.ts';
import type { AccessPlan, PrincipalSelection, Selection, Statement } from './policy.ts';

/** Who asks: a function in its role, a role that a service has taken on, or a service in its own name. */
export type Principal =
  | { readonly kind: 'role'; readonly arn: string; readonly roleArn: string }
  | { readonly kind: 'service'; readonly name: string };

export interface AccessRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

export type Decision =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly by: 'identity' | 'resource' }
  /** Nobody has allowed it. */
  | { readonly kind: 'not-allowed'; readonly by: 'identity' | 'resource' };

const NOTHING: readonly Statement[] = [];

/**
 * IAM User Guide, "Policy evaluation logic", for requests within one account: a denial anywhere wins; then one permission is
 * enough, of the role or of the resource. Roles and keys are different: whoever may take a role on, or use a key, must be
 * named by the role's or the key's own policy, though a key's policy may name the account and leave the rest to roles.
 */
export function evaluate(request: AccessRequest, plan: AccessPlan): Decision {
  const { principal, resource } = request;
  const identity = principal.kind === 'role' ? (plan.identityPolicies[principal.roleArn] ?? NOTHING) : NOTHING;
  const own = plan.resourcePolicies[resource] ?? NOTHING;
  const isAbout = (effect: Statement['effect']) => (statement: Statement) =>
    statement.effect === effect && appliesTo(statement, request);
  const names = (asAccount: boolean) => (statement: Statement) =>
    isNamed(statement.principals, principal, plan.accountId, asAccount);

  if (identity.some(isAbout('Deny'))) return { kind: 'denied', by: 'identity' };
  const ofResource = own.filter(isAbout('Deny'));
  if (ofResource.some((statement) => names(true)(statement))) return { kind: 'denied', by: 'resource' };

  const allowing = own.filter(isAbout('Allow'));
  if (allowing.some(names(false))) return { kind: 'allowed' };
  const needsResource = principal.kind === 'service' || request.action === 'sts:AssumeRole';
  const leavesItToRoles = !isKey(resource) || own.length === 0 || allowing.some(names(true));
  if (needsResource || !leavesItToRoles) return { kind: 'not-allowed', by: 'resource' };
  return identity.some(isAbout('Allow')) ? { kind: 'allowed' } : { kind: 'not-allowed', by: 'identity' };
}

const isKey = (resource: string): boolean => resource.startsWith('arn:') && resource.split(':')[2] === 'kms';

function appliesTo(
  { actions, resources, conditions }: Statement,
  { action, resource, context }: AccessRequest,
): boolean {
  return (
    selects(actions, action, matchesAction) &&
    selects(resources, resource, matchesText) &&
    conditions.every((condition) => holds(condition, context))
  );
}

function selects({ kind, patterns }: Selection, text: string, matches: (pattern: string, text: string) => boolean) {
  return patterns.some((pattern) => matches(pattern, text)) === (kind === 'these');
}

/** @param asAccount Whether a statement that names the whole account counts: it denies everybody in it, and allows nobody yet. */
function isNamed(
  selection: PrincipalSelection | undefined,
  principal: Principal,
  accountId: string,
  asAccount: boolean,
): boolean {
  if (selection === undefined) return false;
  const { kind, aws, services } = selection;
  const isListed =
    principal.kind === 'service'
      ? services.some((name) => name === '*' || name === principal.name)
      : aws.some(
          (entry) =>
            entry === '*' ||
            entry === principal.arn ||
            entry === principal.roleArn ||
            (asAccount && (entry === accountId || entry === `arn:aws:iam::${accountId}:root`)),
        );
  return isListed === (kind === 'these');
}
