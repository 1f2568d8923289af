import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** What is needed of an `ISecret`; `| undefined` lets both kinds of it in, whatever a project's compiler options are. */
export interface WebhookSecret extends Pick<ISecret, 'secretArn'> {
  readonly secretFullArn?: string | undefined;
  readonly encryptionKey?: IKey | undefined;
}

/** What webhooks may reach. Hosts and addresses must both be allowed; without more, public addresses are. */
export interface WebhookOptions {
  /** Hosts by name (`hooks.example.com`) or all below one (`*.example.com`, which is not `example.com` itself). */
  readonly allowedHosts: readonly string[];

  /**
   * Secrets of AWS Secrets Manager by the name that a job's `secretName` gives, each with a text as its value. The consumer
   * may read exactly these. Each must be known by its full ARN: a secret of this app, or `Secret.fromSecretCompleteArn`.
   * The local runtime reads `<data>/secrets.json` instead.
   *
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, WebhookSecret>>;

  /**
   * Blocks of addresses that may be reached although they are not public: `10.0.0.0/16`, `127.0.0.1/32`.
   *
   * @default - none
   */
  readonly allowedAddresses?: readonly string[];

  /**
   * Allows `http` beside `https`.
   *
   * @default false, true under the local runtime
   */
  readonly allowHttp?: boolean;
}
