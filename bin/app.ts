import { App, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../lib/cdk/index.ts';

const app = new App();
const stack = new Stack(app, 'AsyncEndpoints', { description: 'Durable background jobs without servers' });
/** `cdk deploy -c webhookHosts=a.example.com,b.example.com`, or the same in the context of `cdk.json`. */
const readList = (key: string): readonly string[] =>
  String(app.node.tryGetContext(key) ?? '')
    .split(',')
    .filter((entry) => entry !== '');

new AsyncEndpoints(stack, 'Jobs', {
  jobsDirectory: 'functions/jobs',
  webhooks: { allowedHosts: readList('webhookHosts'), allowedAddresses: readList('webhookAddresses') },
});
app.synth();
