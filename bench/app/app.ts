import { App, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../lib/cdk/index.ts';

/** The stack that is measured: every default, and one job type that does nothing. */
const app = new App();
new AsyncEndpoints(new Stack(app, 'Bench'), 'Jobs', {
  jobsDirectory: 'jobs',
  api: { rateLimit: 10_000, burstLimit: 5_000 },
});
app.synth();
