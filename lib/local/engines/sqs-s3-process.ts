import { createServer, type IncomingMessage } from 'node:http';
import { buildApp } from 'fauxqs';
import { keepOutWebPages } from '../http/web-pages.ts';
import { ADMINISTRATOR_KEY, Gate } from '../iam/index.ts';
import type { CreateQueues, QueueDefinition, SetAccess, SqsS3ProcessOptions } from './engine-messages.ts';
import { listen, type RunningEngine, report, runEngine } from './engine-process.ts';
import { guardFauxqs } from './guarded-fauxqs.ts';
import { QueueUrls } from './queue-urls.ts';

/** What fauxqs calls the content of an SQS request. */
const SQS_CONTENT_TYPE = 'application/x-amz-json-1.0';

type App = ReturnType<typeof buildApp>;

/**
 * fauxqs behind two ports of ours. Its own listener is never used, since that binds every interface. Known and left as
 * they are: it refuses characters above U+FFFF in message bodies and accepts receipt handles that it never gave.
 */
async function startSqsAndS3({ sqsPort, s3Port, queues, access }: SqsS3ProcessOptions): Promise<RunningEngine> {
  // Its logger writes two lines for each request.
  const app = buildApp({ logger: false });
  const urls = new QueueUrls();
  const gate = new Gate((record) => report({ kind: 'access', record }), access);
  guardFauxqs(app, gate);
  app.addHook('preHandler', async (request) => {
    if (request.headers['content-type']?.includes(SQS_CONTENT_TYPE)) {
      urls.toInternal(request.body, request.headers.authorization);
    }
  });
  app.addHook('preSerialization', async (request, _reply, payload: unknown) => {
    if (request.headers['content-type']?.includes(SQS_CONTENT_TYPE)) {
      urls.toExternal(payload);
    }
    return payload;
  });
  await app.ready();
  await createQueues(app, queues);

  const sqs = createServer((request, response) => {
    routeToSqs(request);
    app.routing(request, response);
  });
  const s3 = createServer((request, response) => app.routing(request, response));
  const ports = [await listen(keepOutWebPages(sqs), sqsPort), await listen(keepOutWebPages(s3), s3Port)];
  urls.listenAt(ports[0] ?? sqsPort);
  return {
    ports,
    // Nothing is kept, so nothing is waited for.
    close: async () => {},
    onRequest: async (request) => {
      if (isSetAccess(request)) gate.use(request.access);
      else await createQueues(app, (request as CreateQueues).queues);
    },
  };
}

const isSetAccess = (request: { readonly kind: string }): request is SetAccess => request.kind === 'set-access';

/** Some clients post to the queue's URL instead of the endpoint; fauxqs would take its path for a bucket and an object. */
function routeToSqs(request: IncomingMessage): void {
  if (request.method === 'POST' && request.headers['content-type']?.includes(SQS_CONTENT_TYPE)) {
    request.url = '/';
    // Goes into the queue's internal URL if the request creates one.
    request.headers.host = QueueUrls.INTERNAL_HOST;
  }
}

async function createQueues(app: App, queues: readonly QueueDefinition[]): Promise<void> {
  for (const { name, attributes } of queues) {
    const response = await app.inject({
      method: 'POST',
      url: '/',
      headers: {
        host: QueueUrls.INTERNAL_HOST,
        'content-type': SQS_CONTENT_TYPE,
        authorization: `Credential=${ADMINISTRATOR_KEY}/`,
        'x-amz-target': 'AmazonSQS.CreateQueue',
      },
      payload: JSON.stringify({ QueueName: name, Attributes: attributes }),
    });
    if (response.statusCode !== 200) {
      throw new Error(`queue ${name} cannot be created: ${response.body}`);
    }
  }
}

await runEngine(startSqsAndS3);
