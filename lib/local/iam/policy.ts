/** Policies as data: no intrinsic functions any more, every name an ARN of this machine. */

/** `Action`, `Resource` and `Principal` list what they are about; `NotAction` and the others list everything else. */
export interface Selection {
  readonly kind: 'these' | 'all-but-these';
  readonly patterns: readonly string[];
}

/** `AWS` holds ARNs, account ids and `*`; `Service` names such as `lambda.amazonaws.com`. */
export interface PrincipalSelection {
  readonly kind: Selection['kind'];
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  /** Where the statement stands, for people: `JobsConsumerRole, policy consumer`. */
  readonly origin: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Selection;
  /** In a trust policy, which has no `Resource`, the role itself. */
  readonly resources: Selection;
  /** Only in policies of resources. */
  readonly principals?: PrincipalSelection;
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
}

/** A function as AWS sees it: a session of its role, under the function's name. */
export interface Session {
  readonly functionName: string;
  readonly roleArn: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<function>` */
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Who may do what on this machine, as the templates say. Plain JSON: the engines' processes get it too. */
export interface AccessPlan {
  readonly region: string;
  readonly accountId: string;
  readonly sessions: readonly Session[];
  /** By the ARN of the role. */
  readonly identityPolicies: Readonly<Record<string, readonly Statement[]>>;
  /** By the ARN of the resource: of queues, tables, functions, secrets and keys; trust policies by the role's. */
  readonly resourcePolicies: Readonly<Record<string, readonly Statement[]>>;
  /**
   * The customer's key that encrypts a resource, by the ARN of the table, queue, log group or secret. Whoever uses the resource must
   * be allowed to use the key, unless it is one of AWS's and stands nowhere here.
   */
  readonly keys: Readonly<Record<string, string>>;
}
