import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../../lib/cdk/index.ts';

/** Batches of ten as in a deployment, so that a process takes the jobs of others along. */
const app = new App();
new AsyncEndpoints(new Stack(app, 'Soak'), 'Jobs', {
  jobsDirectory: '../faults-app/jobs',
  dispatchGrace: Duration.seconds(2),
  leaseMargin: Duration.seconds(2),
  concurrency: 4,
  // Little memory: a job that runs out of it shall do so quickly.
  consumer: { timeout: Duration.seconds(10), memorySize: 128 },
});
app.synth();
