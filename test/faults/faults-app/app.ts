import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../../lib/cdk/index.ts';

/**
 * One job in an invocation, so that whoever kills a process knows whom it hurts. Patience is short; the producer looks when
 * the test tells it to, since one that is killed would be missed for a minute.
 */
const app = new App();
new AsyncEndpoints(new Stack(app, 'Faults'), 'Jobs', {
  jobsDirectory: 'jobs',
  dispatchGrace: Duration.seconds(4),
  leaseMargin: Duration.seconds(2),
  concurrency: 16,
  consumer: { timeout: Duration.seconds(60), batchSize: 1 },
  producer: { stayAwake: false },
});
app.synth();
