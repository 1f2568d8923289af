import type { BundleOrigin } from '../../bundle/index.ts';
import type { AccessPlan } from '../iam/index.ts';

/**
 * What the local runtime runs, read from the synthesized templates of an app. The words are AWS's own; every reference is resolved,
 * every default of CloudFormation is filled in, and nothing in here needs the template again.
 */

/** The values of this machine that take the place of an account's. */
export interface LocalValues {
  readonly region: string;
  /** Twelve digits; the local engines know one account only, `000000000000`. */
  readonly accountId: string;
  /** Where queues live, without a slash at its end: a queue's URL is `<sqsEndpoint>/<accountId>/<name>`. */
  readonly sqsEndpoint: string;
  /** Where the HTTP API of the template answers, without a slash at its end. */
  readonly apiUrl: string;
}

export interface KeyPlan {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface IndexPlan {
  readonly name: string;
  readonly partitionKey: KeyPlan;
  readonly sortKey?: KeyPlan;
  readonly projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  readonly nonKeyAttributes: readonly string[];
}

export interface TablePlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly partitionKey: KeyPlan;
  readonly sortKey?: KeyPlan;
  readonly globalSecondaryIndexes: readonly IndexPlan[];
  readonly timeToLiveAttribute?: string;
}

export interface QueuePlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  readonly delaySeconds: number;
  readonly receiveMessageWaitSeconds: number;
  readonly maximumMessageSizeBytes?: number;
  readonly redrive?: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number };
}

export interface FunctionPlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Absolute path of the directory that holds the bundle. */
  readonly codeDirectory: string;
  /** What the bundle is made of; absent where somebody else has made it. */
  readonly origin?: BundleOrigin;
  /** `<module>.<export>`, as in `index.handler`. */
  readonly handler: string;
  /** The template's variables, resolved; what Lambda itself sets is not in here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memorySizeMb: number;
  readonly reservedConcurrentExecutions?: number;
  readonly roleArn: string;
  readonly logGroupName: string;
  /** What Lambda does with an asynchronous invocation that fails. */
  readonly asyncInvoke: { readonly maximumRetryAttempts: number; readonly maximumEventAgeSeconds: number };
}

export interface EventSourceMappingPlan {
  readonly logicalId: string;
  readonly queue: QueuePlan;
  readonly functionName: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowSeconds: number;
  readonly maximumConcurrency?: number;
  readonly reportBatchItemFailures: boolean;
  readonly enabled: boolean;
}

export interface SchedulePlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly everyMs: number;
  readonly functionName: string;
  /** The role in which the schedule invokes its target. */
  readonly roleArn: string;
  /** JSON text; absent where the template gives none, so that the target gets the scheduler's own event. */
  readonly input?: string;
  readonly enabled: boolean;
}

/** Who may come in: anybody, whoever signs, or whoever has a token. */
export type Authorization = { readonly kind: 'none' } | { readonly kind: 'iam' } | JwtAuthorization;

export interface JwtAuthorization {
  readonly kind: 'jwt';
  readonly issuer: string;
  readonly audience: readonly string[];
  /** One of them is needed, where there are any. */
  readonly scopes: readonly string[];
}

export interface RoutePlan {
  /** `*` stands for ANY. */
  readonly method: string;
  /** `/jobs/{id}`, or `$default`. */
  readonly path: string;
  /** The template's own words, as the event carries them: `GET /jobs/{id}`. */
  readonly routeKey: string;
  readonly authorization: Authorization;
  readonly functionName: string;
  readonly integrationTimeoutMs: number;
}

export interface HttpApiPlan {
  readonly logicalId: string;
  readonly apiId: string;
  readonly name: string;
  readonly routes: readonly RoutePlan[];
  /** Requests a second, and how many may come at once. */
  readonly throttling?: { readonly rateLimit: number; readonly burstLimit: number };
}

export interface SecretPlan {
  readonly name: string;
  readonly arn: string;
}

export interface StackPlan {
  readonly tables: readonly TablePlan[];
  readonly queues: readonly QueuePlan[];
  readonly functions: readonly FunctionPlan[];
  readonly eventSourceMappings: readonly EventSourceMappingPlan[];
  readonly schedules: readonly SchedulePlan[];
  readonly httpApi?: HttpApiPlan;
  readonly secrets: readonly SecretPlan[];
  /** Log groups of the templates, by name: Lambda creates no other ones for functions that write there. */
  readonly logGroups: readonly string[];
  /** Who may do what. */
  readonly access: AccessPlan;
  readonly outputs: Readonly<Record<string, string>>;
}
