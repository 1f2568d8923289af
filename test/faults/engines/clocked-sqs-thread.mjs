/** The SQS engine in a thread of its own, whose time is what another thread says it is: delays and visibility end by it. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { buildApp } from 'fauxqs';

const now = new Float64Array(workerData.now);
Date.now = () => now[0];

const app = buildApp({ logger: false });
await app.ready();
const server = createServer((request, response) => {
  // Goes into the URLs of queues, by which they are found again.
  request.headers.host = 'localhost';
  app.routing(request, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
parentPort.postMessage(server.address().port);
