import { Agent, type IncomingMessage, request } from 'node:http';

const API_VERSION = '2018-06-01';

export interface Invocation {
  readonly requestId: string;
  readonly deadlineAt: number;
  readonly functionArn: string;
  readonly traceId: string | undefined;
  /** JSON text. */
  readonly payload: string;
}

/** The error document that the runtime of Node.js on Lambda reports. */
export interface ErrorDocument {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

interface Answer {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const headerOf = (answer: Answer, name: string): string => {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : '';
};

/** Client of the Lambda Runtime API. One request at a time, all on one connection. */
export class RuntimeClient {
  private readonly base: URL;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(api: string) {
    this.base = new URL(`http://${api}/${API_VERSION}/runtime/`);
  }

  /** Waits as long as it takes. */
  async next(): Promise<Invocation> {
    const answer = await this.send('GET', 'invocation/next');
    return {
      requestId: headerOf(answer, 'lambda-runtime-aws-request-id'),
      deadlineAt: Number(headerOf(answer, 'lambda-runtime-deadline-ms')),
      functionArn: headerOf(answer, 'lambda-runtime-invoked-function-arn'),
      traceId: headerOf(answer, 'lambda-runtime-trace-id') || undefined,
      payload: answer.body,
    };
  }

  async respond(requestId: string, payload: string): Promise<void> {
    await this.send('POST', `invocation/${requestId}/response`, payload);
  }

  async reportInvocationError(requestId: string, error: ErrorDocument): Promise<void> {
    await this.reportError(`invocation/${requestId}/error`, error);
  }

  async reportInitError(error: ErrorDocument): Promise<void> {
    await this.reportError('init/error', error);
  }

  private async reportError(path: string, error: ErrorDocument): Promise<void> {
    await this.send('POST', path, JSON.stringify(error), { 'Lambda-Runtime-Function-Error-Type': error.errorType });
  }

  private send(
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body);
      const sent = request(
        new URL(path, this.base),
        {
          method,
          agent: this.agent,
          headers: {
            ...headers,
            ...(bytes === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': bytes.length }),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({ headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(bytes);
    });
  }
}
