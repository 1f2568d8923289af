import { readCredentials, readWebhookConfig } from '../../config.ts';
import { deliverWebhook } from './definition.ts';
import { createDelivery, type Deliver } from './deliver.ts';
import { resolveByDns } from './guarded-socket.ts';
import { createFileSecrets, createStoredSecrets } from './secrets.ts';
import { createSecretsManagerReader } from './secrets-manager.ts';

let deliver: Deliver | undefined;

/** Made with the first webhook: other jobs start without it, and a setting that is wrong fails webhooks only. */
export const handler = deliverWebhook.handle((input, context) => {
  deliver ??= createFromEnvironment();
  return deliver(input, context);
});

function createFromEnvironment(): Deliver {
  const config = readWebhookConfig();
  const now = Date.now;
  const readSecret =
    config.secretsFile === undefined
      ? createStoredSecrets({
          arns: config.secretArns,
          fetchSecret: createSecretsManagerReader({ readCredentials, now }),
          now,
        })
      : createFileSecrets(config.secretsFile);
  return createDelivery({ config, readSecret, resolveName: resolveByDns, now });
}
