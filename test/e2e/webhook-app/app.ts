import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../../lib/cdk/index.ts';

/** The job types of this repository, with webhooks to this very machine and a secret of the app's own. */
const app = new App();
const stack = new Stack(app, 'Webhooks');
new AsyncEndpoints(stack, 'Jobs', {
  jobsDirectory: '../../../functions/jobs',
  webhooks: {
    allowedHosts: ['127.0.0.1', 'localhost'],
    allowedAddresses: ['127.0.0.1/32', '::1/128'],
    secrets: { partner: new Secret(stack, 'Partner') },
  },
});
app.synth();
