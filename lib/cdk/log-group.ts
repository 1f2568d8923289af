import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export function createLogGroup(scope: Construct, id: string, settings: Settings): LogGroup {
  const { encryptionKey } = settings;
  if (encryptionKey !== undefined) letLogsUse(encryptionKey);
  return new LogGroup(scope, id, {
    retention: settings.logRetention,
    removalPolicy: settings.removalPolicy,
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  });
}

/**
 * CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service": the service uses the key by its
 * own right. By a pattern, since a key that named the groups would wait for them while they wait for the key. The statement is the
 * same for each group, so the policy has it once.
 */
function letLogsUse(key: IKey): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
      actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:*`,
        },
      },
    }),
  );
}
