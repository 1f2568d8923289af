import { App, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints } from '../lib/cdk/index.ts';

const app = new App();
const stack = new Stack(app, 'AsyncEndpoints', { description: 'Durable background jobs without servers' });
new AsyncEndpoints(stack, 'Jobs', { jobsDirectory: 'functions/jobs' });
app.synth();
