import type { buildApp } from 'fauxqs';
import { type Gate, toS3Calls, toSqsAnswer, toSqsCalls, toXmlBody } from '../iam/index.ts';

type App = ReturnType<typeof buildApp>;

const SQS_TARGET = /^AmazonSQS\.(\w+)$/;

/** Lets fauxqs ask the gate about each request, once it has parsed the body and before it does anything. */
export function guardFauxqs(app: App, gate: Gate): void {
  app.addHook('preHandler', async (request, reply) => {
    const { headers, url, method, body } = request;
    // As the engine itself tells its two services apart: a header alone makes no request to SQS of one to S3.
    const isToSqs = method === 'POST' && url === '/';
    const operation = isToSqs ? SQS_TARGET.exec(String(headers['x-amz-target']))?.[1] : undefined;
    if (operation !== undefined) {
      const verdict = gate.check({ headers, url }, (plan) => toSqsCalls(operation, body, plan));
      if (verdict.kind === 'admitted') return;
      const { status, body: answer, queryError } = toSqsAnswer(verdict);
      reply.code(status).header('content-type', 'application/x-amz-json-1.0');
      return reply.header('x-amzn-query-error', queryError).send(answer);
    }
    const source = headers['x-amz-copy-source'];
    const copySource = typeof source === 'string' ? source : undefined;
    const verdict = gate.check({ headers, url }, () => toS3Calls({ method, url, copySource }));
    if (verdict.kind === 'admitted') return;
    return reply.code(403).header('content-type', 'application/xml').send(toXmlBody(verdict));
  });
}
