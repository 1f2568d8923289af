import { fileURLToPath } from 'node:url';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../../lib/cdk/index.ts';
import { createSubmitters } from './submitters.ts';
import { withoutAction } from './without-action.ts';

/**
 * Everything that needs a permission: the job types of this repository with a webhook that is signed, a key of the customer for
 * everything and another one for the secret, and another stack of the same app that only submits. The context `without` takes an
 * action away from the consumer.
 */
const app = new App();
const stack = new Stack(app, 'Main');
const jobs = new AsyncEndpoints(stack, 'Jobs', {
  jobsDirectory: fileURLToPath(new URL('../../../functions/jobs', import.meta.url)),
  dispatchGrace: Duration.seconds(2),
  leaseMargin: Duration.seconds(2),
  concurrency: 2,
  encryptionKey: new Key(stack, 'DataKey'),
  webhooks: {
    allowedHosts: ['127.0.0.1'],
    allowedAddresses: ['127.0.0.1/32'],
    secrets: { partner: new Secret(stack, 'Partner', { encryptionKey: new Key(stack, 'SecretKey') }) },
  },
});
createSubmitters(new Stack(app, 'Submitters'), jobs);
const { directory } = app.synth();
const without: unknown = app.node.tryGetContext('without');
if (typeof without === 'string') withoutAction(`${directory}/Main.template.json`, /Consumer/, without);
