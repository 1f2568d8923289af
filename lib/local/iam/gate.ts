import { type AccessRecord, describeRefusal } from './access-record.ts';
import { Authorizer, type Call } from './authorizer.ts';
import { Callers, type SignedRequest } from './callers.ts';
import type { RequestContext } from './conditions.ts';
import type { AccessPlan } from './policy.ts';

/** Before there is a plan nobody has a role, so only the administrator is let in. */
const NOBODY: AccessPlan = {
  region: '',
  accountId: '',
  sessions: [],
  identityPolicies: {},
  resourcePolicies: {},
  keys: {},
};

export type Verdict =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'unknown-key'; readonly message: string }
  | { readonly kind: 'unsigned'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  /** The call itself is allowed, but not the key that encrypts what it is about. */
  | { readonly kind: 'key-refused'; readonly message: string };

const ADMITTED: Verdict = { kind: 'admitted' };
const UNKNOWN_KEY: Verdict = { kind: 'unknown-key', message: 'The security token included in the request is invalid.' };
const UNSIGNED: Verdict = { kind: 'unsigned', message: 'Request is missing Authentication Token' };

/** Stands in front of a service: who asks, and may they? */
export class Gate {
  private readonly onRecord: (record: AccessRecord) => void;
  private authorizer: Authorizer;
  private callers: Callers;

  constructor(onRecord: (record: AccessRecord) => void, plan: AccessPlan = NOBODY) {
    this.onRecord = onRecord;
    this.authorizer = new Authorizer({ plan, onRecord });
    this.callers = new Callers(plan);
  }

  use(plan: AccessPlan): void {
    this.authorizer = new Authorizer({ plan, onRecord: this.onRecord });
    this.callers = new Callers(plan);
  }

  /** @param toCalls Is asked only where somebody's permissions count. */
  check(request: SignedRequest, toCalls: (plan: AccessPlan) => readonly Call[], context?: RequestContext): Verdict {
    const caller = this.callers.identify(request);
    switch (caller.kind) {
      case 'administrator':
        return ADMITTED;
      case 'unknown':
        return UNKNOWN_KEY;
      case 'anonymous':
        return UNSIGNED;
      case 'principal': {
        const refusal = this.authorizer.findRefusal(caller.principal, toCalls(this.authorizer.plan), context);
        if (refusal === undefined) return ADMITTED;
        const kind = refusal.action.startsWith('kms:') ? 'key-refused' : 'refused';
        return { kind, message: describeRefusal(refusal) };
      }
    }
  }
}
