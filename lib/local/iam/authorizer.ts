import { type AccessRecord, nameOf } from './access-record.ts';
import type { RequestContext } from './conditions.ts';
import { evaluate, type Principal } from './evaluate.ts';
import type { AccessPlan } from './policy.ts';

/** What one request asks for; a request may ask for several things, and gets all or nothing. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** What is true of this call and not of the others of its request. */
  readonly context?: RequestContext;
}

export interface AuthorizerOptions {
  readonly plan: AccessPlan;
  /** Hears of each call once, allowed or refused. */
  readonly onRecord: (record: AccessRecord) => void;
}

/** Decides once for each principal, call and context, and remembers: policies do not change while a stack runs. */
export class Authorizer {
  private readonly options: AuthorizerOptions;
  private readonly known = new Map<string, AccessRecord>();

  constructor(options: AuthorizerOptions) {
    this.options = options;
  }

  get plan(): AccessPlan {
    return this.options.plan;
  }

  /** The first call that is refused; undefined if all are allowed. */
  findRefusal(principal: Principal, calls: readonly Call[], context: RequestContext = {}): AccessRecord | undefined {
    return calls
      .map((call) => this.decide(principal, call, { ...context, ...call.context }))
      .find(({ decision }) => decision.kind !== 'allowed');
  }

  /** The same without a trace: nobody has called. */
  foresee(principal: Principal, call: Call, context: RequestContext = {}): AccessRecord {
    const request = { principal, ...call, context: { ...this.contextOf(principal), ...context } };
    return { ...request, decision: evaluate(request, this.plan) };
  }

  private decide(principal: Principal, { action, resource }: Call, context: RequestContext): AccessRecord {
    const key = [nameOf(principal), action, resource, ...Object.values(context)].join('\n');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const record = this.foresee(principal, { action, resource }, context);
    this.known.set(key, record);
    this.options.onRecord(record);
    return record;
  }

  /** What is true of every request. Connections on this machine stand for those that AWS takes by TLS. */
  private contextOf(principal: Principal): RequestContext {
    const { accountId, region } = this.plan;
    return {
      'aws:SecureTransport': 'true',
      'aws:RequestedRegion': region,
      'aws:PrincipalIsAWSService': String(principal.kind === 'service'),
      ...(principal.kind === 'role'
        ? { 'aws:PrincipalArn': principal.roleArn, 'aws:PrincipalAccount': accountId }
        : {}),
    };
  }
}
