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
import { createApp } from '../../lib/http/index.ts';
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

export interface HttpStack extends Stack {
  readonly app: ReturnType<typeof createApp>;
  /** What the log was told, as text. */
  readonly log: string[];
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
  return {
    ...stack,
    app,
    log,
    post: async (body, headers = {}, path = '/jobs') =>
      await app.request(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    get: async (path) => await app.request(path),
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
