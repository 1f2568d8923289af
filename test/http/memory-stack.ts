import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import {
  AccessError,
  type AnyJobDefinition,
  type Clock,
  DEFAULT_POLICY,
  defineJob,
  type Job,
  type JobStore,
  type Telemetry,
} from '../../lib/core/index.ts';
import { createApp, createLambdaHandler, type LambdaHandler } from '../../lib/http/index.ts';
import { createMemoryJobQueue, createMemoryJobStore, type MemoryJobStore } from '../../lib/memory/index.ts';
import { createIds, type SubmitPorts } from '../../lib/pipeline/index.ts';

export const START = Date.parse('2030-01-01T00:00:00Z');

/** Time passes only while somebody sleeps, and then at once; what was planned for a moment happens as it is reached. */
export class MovableClock implements Clock {
  private time = START;
  private plans: { readonly at: number; readonly act: () => void }[] = [];

  now(): number {
    return this.time;
  }

  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted !== true) {
      this.advance(delayMs);
    }
  }

  /** Plans something for so many milliseconds from now. */
  in(delayMs: number, act: () => void): void {
    this.plans.push({ at: this.time + delayMs, act });
  }

  advance(delayMs: number): void {
    const until = this.time + delayMs;
    const due = this.plans.filter(({ at }) => at <= until).sort((left, right) => left.at - right.at);
    this.plans = this.plans.filter(({ at }) => at > until);
    for (const { at, act } of due) {
      this.time = Math.max(this.time, at);
      act();
    }
    this.time = until;
  }
}

export const add = defineJob({
  type: 'add',
  input: z.strictObject({ left: z.number(), right: z.number(), note: z.optional(z.string()) }),
  output: z.object({ sum: z.number() }),
});

/** Takes whatever comes. */
export const anything = defineJob({ type: 'anything', input: z.unknown() });

/** A schema with a fault of its own. */
export const faulty = defineJob({
  type: 'faulty',
  input: z.unknown().check(
    z.refine(() => {
      throw new Error('a secret of the schema');
    }),
  ),
});

export interface Stack {
  readonly clock: MovableClock;
  readonly store: MemoryJobStore;
  readonly queue: ReturnType<typeof createMemoryJobQueue>;
  readonly ports: SubmitPorts;
  readonly submitted: Job[];
  /** From now on the store answers with this error; undefined ends that. */
  breakStore(code: AccessError['code'] | undefined): void;
  complete(id: string, result: unknown): void;
}

export function createStack(): Stack {
  const clock = new MovableClock();
  const memory = createMemoryJobStore();
  const queue = createMemoryJobQueue({ clock });
  const submitted: Job[] = [];
  const telemetry: Telemetry = {
    submitted: (job) => submitted.push(job),
    claimed: () => {},
    accepted: () => {},
    noticed: () => {},
  };
  let broken: AccessError | undefined;
  const store: JobStore = {
    create: (jobs) => {
      const error = broken;
      return error === undefined
        ? memory.create(jobs)
        : Promise.resolve(jobs.map(() => ({ kind: 'error' as const, error })));
    },
    read: (ids) => (broken === undefined ? memory.read(ids) : Promise.reject(broken)),
    claim: (claims) => memory.claim(claims),
    write: (changes) => memory.write(changes),
    findDue: (page) => memory.findDue(page),
  };
  return {
    clock,
    store: memory,
    queue,
    ports: { store, queue, clock, ids: createIds(clock), telemetry, policy: DEFAULT_POLICY },
    submitted,
    breakStore: (code) => {
      broken = code === undefined ? undefined : new AccessError(code, 'the table jobs-table-1 is broken');
    },
    complete: (id, result) => {
      const now = clock.now();
      memory.putRaw({
        ...memory.getRaw(id),
        status: 'completed',
        attempt: 1,
        result: JSON.stringify(result),
        finishedAt: now,
        expiresAt: now + 1_000,
      });
    },
  };
}

export interface RequestParts {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** An event as an HTTP API sends it (payload 2.0); the path is decoded. */
export function createEvent(
  method: string,
  rawPath: string,
  rest: Partial<Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded' | 'headers' | 'rawQueryString'>> = {},
): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: `${method} ${rawPath}`,
    rawPath,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'x.execute-api.us-east-1.amazonaws.com' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'x',
      domainName: 'x.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'x',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: '1',
      routeKey: `${method} ${rawPath}`,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    isBase64Encoded: false,
    ...rest,
  };
}

/** Text that is no valid percent-encoding stays as it is. */
const decodePath = (path: string): string =>
  path.replaceAll(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });

async function send(handler: LambdaHandler, target: string, parts: RequestParts): Promise<Response> {
  const { method = 'GET', headers = {}, body = '' } = parts;
  const [path = '', ...query] = target.split('?');
  const result = await handler(
    createEvent(method, decodePath(path), {
      rawQueryString: query.join('?'),
      headers,
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
    }),
  );
  return new Response(result.body ?? '', {
    status: result.statusCode ?? 0,
    headers: result.headers as Record<string, string>,
  });
}

export interface HttpStack extends Stack {
  readonly handler: LambdaHandler;
  /** What the log was told, as text. */
  readonly log: string[];
  /** A request as a client sends it, its path encoded. */
  request(target: string, init?: RequestParts): Promise<Response>;
  post(body: unknown, headers?: Readonly<Record<string, string>>, path?: string): Promise<Response>;
  get(path: string): Promise<Response>;
}

export function createHttpStack(): HttpStack {
  const stack = createStack();
  const log: string[] = [];
  const write = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
    log.push(`${message} ${String(fields?.['error'] ?? '')}`);
  };
  const definitions: readonly AnyJobDefinition[] = [add, anything, faulty];
  const app = createApp({
    ports: { ...stack.ports, logger: { debug: write, info: write, warn: write, error: write } },
    definitions: new Map(definitions.map((definition) => [definition.type, definition])),
  });
  const handler = createLambdaHandler(app);
  const request: HttpStack['request'] = (target, parts = {}) => send(handler, target, parts);
  return {
    ...stack,
    handler,
    log,
    request,
    post: (body, headers = {}, path = '/jobs') =>
      request(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    get: (path) => request(path),
  };
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly Readonly<Record<string, string>>[];
}

/** The body of a problem, after a look at what every problem has. */
export async function readProblem(response: Response): Promise<ProblemBody> {
  const text = await response.text();
  const body = JSON.parse(text) as ProblemBody;
  const checks = [
    response.headers.get('content-type') === 'application/problem+json',
    body.status === response.status,
    body.type.startsWith('urn:async-endpoints:problem:'),
    body.title !== '' && body.detail !== '',
    !/jobs-table-1|secret|\.ts\b|\n {4}at /.test(text),
  ];
  if (checks.includes(false)) {
    throw new Error(`Not a problem as it should be: ${response.status} ${checks} ${text}`);
  }
  return body;
}
