import { readCredentials, readWebhookConfig } from '../../config.ts';
import { deliverWebhook } from './definition.ts';
import { createDelivery, type Deliver } from './deliver.ts';
import { resolveByDns } from './guarded-socket.ts';
import { createDevelopersSecrets, createFileSecrets, createStoredSecrets } from './secrets.ts';
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
  const { secretArns: arns, secretsEndpoint: endpoint, secretsFile } = config;
  const fetchSecret = createSecretsManagerReader({
    readCredentials,
    now,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const stored = createStoredSecrets({ arns, fetchSecret, now, ...(secretsFile === undefined ? {} : { maxAgeMs: 0 }) });
  const readSecret =
    secretsFile === undefined ? stored : createDevelopersSecrets(arns, stored, createFileSecrets(secretsFile));
  return createDelivery({ config, readSecret, resolveName: resolveByDns, now });
}
