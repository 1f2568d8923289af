import type { AccessRequest, Decision, Principal } from './evaluate.ts';

/** One call that was asked for, told once however often it comes. */
export interface AccessRecord extends AccessRequest {
  readonly decision: Decision;
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<function>` or `scheduler.amazonaws.com`. */
export const nameOf = (principal: Principal): string => (principal.kind === 'role' ? principal.arn : principal.name);

/**
 * Why, as AWS words it: IAM User Guide, "Troubleshoot access denied error messages". SQS writes its actions in small letters
 * there.
 */
export function describeRefusal({ principal, action, resource, decision }: AccessRecord): string {
  const named = action.startsWith('sqs:') ? action.toLowerCase() : action;
  return `User: ${nameOf(principal)} is not authorized to perform: ${named} on resource: ${resource} ${describeReason(named, decision)}`;
}

function describeReason(action: string, decision: Decision): string {
  if (decision.kind === 'allowed') return '';
  return decision.kind === 'denied'
    ? `with an explicit deny in ${decision.by === 'identity' ? 'an identity' : 'a resource'}-based policy`
    : `because no ${decision.by}-based policy allows the ${action} action`;
}
