import { App, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../../../lib/cdk/index.ts';

/** A deployment with every default: ten consumers, batches of ten. */
const app = new App();
new AsyncEndpoints(new Stack(app, 'Load'), 'Jobs', { jobsDirectory: 'jobs' });
app.synth();
