import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../../lib/cdk/index.ts';

/** Webhooks to this machine, signed with a secret, and a handler that tells whatever it knows. */
const app = new App();
const stack = new Stack(app, 'Secrecy');
new AsyncEndpoints(stack, 'Jobs', {
  jobsDirectory: 'jobs',
  dispatchGrace: Duration.seconds(2),
  leaseMargin: Duration.seconds(2),
  webhooks: {
    allowedHosts: ['127.0.0.1'],
    allowedAddresses: ['127.0.0.1/32'],
    secrets: { partner: new Secret(stack, 'Partner') },
  },
});
app.synth();
