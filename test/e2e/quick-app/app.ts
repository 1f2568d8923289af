import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../../lib/cdk/index.ts';

/** A project of its own whose patience is short, so that crashes and lost messages heal within seconds. */
const app = new App();
new AsyncEndpoints(new Stack(app, 'Quick'), 'Jobs', {
  jobsDirectory: 'jobs',
  dispatchGrace: Duration.seconds(2),
  leaseMargin: Duration.seconds(2),
  concurrency: 2,
  consumer: { timeout: Duration.seconds(20), memorySize: 128 },
});
app.synth();
