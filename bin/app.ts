import { App, Stack } from 'aws-cdk-lib/core';
import { AsyncEndpoints, type AsyncEndpointsProps } from '../lib/cdk/index.ts';

/** Set by the local runtime: what it deploys to is a laptop. */
const LOCAL_CONTEXT = 'async-endpoints:local';

/** Jobs put into the table by hand start at once, and the `sleep` job may crash its process on request. */
const LOCAL_PROPS: Pick<AsyncEndpointsProps, 'producer' | 'consumer'> = {
  producer: { stayAwake: true },
  consumer: { allowCrashes: true },
};

const app = new App();
const isLocal = String(app.node.tryGetContext(LOCAL_CONTEXT)) === 'true';
const stack = new Stack(app, 'AsyncEndpoints', { description: 'Durable background jobs without servers' });
new AsyncEndpoints(stack, 'Jobs', { jobsDirectory: 'functions/jobs', ...(isLocal ? LOCAL_PROPS : {}) });
app.synth();
