import { isIP } from 'node:net';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ENV } from '../core/names.ts';
import { onlyThrough } from './via-service.ts';
import type { WebhookOptions, WebhookSecret } from './webhook-options.ts';

/** Whom webhooks may reach and what they are signed with, with every default filled in. */
export interface WebhookSettings {
  readonly allowedHosts: readonly string[];
  readonly allowedAddresses: readonly string[];
  readonly allowHttp: boolean;
  readonly secrets: Readonly<Record<string, WebhookSecret>>;
}

/** @param isLocal Synthesized for the local runtime, where receivers under development have no certificates. */
export function resolveWebhooks(options: WebhookOptions | undefined, isLocal: boolean): WebhookSettings | undefined {
  if (options === undefined) return undefined;
  return {
    allowedHosts: options.allowedHosts,
    allowedAddresses: options.allowedAddresses ?? [],
    allowHttp: options.allowHttp ?? isLocal,
    secrets: options.secrets ?? {},
  };
}

const HOST = /^(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i;

/** `10.0.0.0/16`: an address and how many of its bits count. */
function isBlock(text: string): boolean {
  const [address = '', prefix = '', ...others] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return bits > 0 && others.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
}

/** What the props must be, in the words of the validation. */
export function webhookRules(webhooks: WebhookSettings | undefined) {
  const { allowedHosts = [], allowedAddresses = [], secrets = {} } = webhooks ?? {};
  const rule = (prop: string, value: string, must: string, holds: boolean) => ({ prop, value, must, holds });
  return [
    ...allowedHosts.map((host) =>
      rule(
        'webhooks.allowedHosts',
        JSON.stringify(host),
        'a host ("hooks.example.com", no scheme, port or path), "*." and a host, or an address',
        HOST.test(host) || isIP(host) !== 0,
      ),
    ),
    ...allowedAddresses.map((block) =>
      rule(
        'webhooks.allowedAddresses',
        JSON.stringify(block),
        'a block of addresses such as "10.0.0.0/16" or "fd00::/8"',
        isBlock(block),
      ),
    ),
    ...Object.entries(secrets).flatMap(([name, secret]) => [
      rule(
        'webhooks.secrets',
        JSON.stringify(name),
        'named with 1 to 100 letters, digits, "_", "." and "-"',
        /^[A-Za-z0-9_.-]{1,100}$/.test(name),
      ),
      // A name alone would need a permission for every secret whose name begins like it.
      rule(
        `webhooks.secrets["${name}"]`,
        'a secret known by its name only',
        'one whose full ARN is known: a secret of this app, or Secret.fromSecretCompleteArn',
        secret.secretFullArn !== undefined,
      ),
    ]),
  ];
}

/** What the consumer needs for webhooks, both halves in one: what it is told and what it may do. */
export interface WebhookAccess {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

/** Nothing without the prop: then no webhook is sent. */
export function createWebhookAccess(scope: Construct, webhooks: WebhookSettings | undefined): WebhookAccess {
  if (webhooks === undefined) return { environment: {}, statements: [] };
  const { secrets, ...reach } = webhooks;
  const arns = Object.entries(secrets).map(([name, { secretFullArn, secretArn }]) => [
    name,
    secretFullArn ?? secretArn,
  ]);
  const stack = Stack.of(scope);
  return {
    environment: {
      [ENV.webhooks]: stack.toJsonString(reach),
      ...(arns.length === 0 ? {} : { [ENV.webhookSecrets]: stack.toJsonString(Object.fromEntries(arns)) }),
    },
    statements: [
      ...allow(
        'secretsmanager:GetSecretValue',
        arns.map(([, arn]) => arn),
      ),
      ...allow(
        'kms:Decrypt',
        Object.values(secrets).map(({ encryptionKey }) => encryptionKey?.keyArn),
        onlyThrough('secretsmanager'),
      ),
    ],
  };
}

function allow(action: string, arns: readonly (string | undefined)[], conditions = {}): readonly PolicyStatement[] {
  const resources = [...new Set(arns.filter((arn) => arn !== undefined))];
  return resources.length === 0 ? [] : [new PolicyStatement({ actions: [action], resources, conditions })];
}
