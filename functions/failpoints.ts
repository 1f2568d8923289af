import { closeSync, openSync, writeSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import {
  ENV,
  InvalidDefinitionError,
  type JobHandler,
  type JobQueue,
  type JobStore,
  type SendResult,
  valueInWords,
} from '../lib/core/index.ts';

/**
 * The moments at which a crash test lets a process die or freeze: between any two steps that another process could see apart.
 * A copy is the one of a failed job for the dead-letter queue.
 */
export const FAILPOINTS = [
  'submit.afterPut',
  'submit.afterSend',
  'submit.beforeAnswer',
  'producer.afterWrite',
  'producer.afterSend',
  'producer.afterCopy',
  'consumer.beforeClaim',
  'consumer.afterClaim',
  'consumer.afterHandler',
  'consumer.afterWrite',
  'consumer.afterSend',
  'consumer.afterCopy',
  'consumer.beforeAnswer',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

type Role = Failpoint extends infer Name ? (Name extends `${infer First}.${string}` ? First : never) : never;
type Moment = Failpoint extends infer Name ? (Name extends `${string}.${infer Last}` ? Last : never) : never;

export interface ArmedFailpoint {
  readonly at: Failpoint;
  /** SIGSTOP freezes the process until somebody outside sends SIGCONT. */
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  /** Which hit it is at, from 1, counted over all processes that have the same `record`. */
  readonly hit: number;
  /** Only hits about these jobs count. @default all */
  readonly jobs?: readonly string[];
  /** Absolute path. The n-th hit leaves the file `<record>.<n>` with the id of its process. */
  readonly record: string;
}

/** Puts the armed failpoints of one function between its pipeline and the world. */
export interface Failpoints {
  inPorts<Ports extends { readonly store: JobStore; readonly queue: JobQueue }>(ports: Ports): Ports;
  inHandlers(handlers: ReadonlyMap<string, JobHandler>): ReadonlyMap<string, JobHandler>;
  /** @param jobsOf the jobs that an invocation was about */
  beforeAnswer<Arguments extends readonly unknown[], Answer>(
    handler: (...invocation: Arguments) => Promise<Answer>,
    jobsOf: (answer: Answer, ...invocation: Arguments) => readonly string[],
  ): (...invocation: Arguments) => Promise<Answer>;
}

/** Nothing is armed, as in every deployment: nothing is wrapped. */
const INERT: Failpoints = {
  inPorts: (ports) => ports,
  inHandlers: (handlers) => handlers,
  beforeAnswer: (handler) => handler,
};

type SignalSelf = (signal: ArmedFailpoint['signal']) => void;

export function createFailpoints(
  role: Role,
  armed: readonly ArmedFailpoint[],
  signalSelf: SignalSelf = (signal) => process.kill(process.pid, signal),
): Failpoints {
  const own = armed.filter(({ at }) => at.startsWith(`${role}.`));
  if (own.length === 0) return INERT;

  const hit = (moment: Moment, ids: readonly string[]): void => {
    const reached = own.filter(({ at, jobs, record, hit: nth }) => {
      const counted = at === `${role}.${moment}` ? ids.filter((id) => jobs?.includes(id) ?? true) : [];
      return counted.map(() => takeNumber(record)).includes(nth);
    });
    // All are counted first: what happened to several jobs at once happened to each of them.
    for (const signal of new Set(reached.map((entry) => entry.signal))) signalSelf(signal);
  };
  return {
    inPorts: (ports) => ({ ...ports, store: inStore(ports.store, hit), queue: inQueue(ports.queue, hit) }),
    inHandlers: (handlers) =>
      new Map([...handlers].map(([type, handler]) => [type, { ...handler, run: inRun(handler.run, hit) }])),
    beforeAnswer:
      (handler, jobsOf) =>
      async (...invocation) => {
        const answer = await handler(...invocation);
        hit('beforeAnswer', jobsOf(answer, ...invocation));
        return answer;
      },
  };
}

type Hit = (moment: Moment, ids: readonly string[]) => void;

/** Counts across processes that die: whoever creates the file of a number first has that number. */
function takeNumber(record: string): number {
  for (let number = 1; ; number += 1) {
    try {
      const file = openSync(`${record}.${number}`, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return number;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** The ids of those whose result says that it happened. */
const done = <Result extends { readonly kind: string }>(
  ids: readonly string[],
  results: readonly Result[],
  kind: Result['kind'],
): readonly string[] => ids.filter((_, index) => results[index]?.kind === kind);

function inStore(store: JobStore, hit: Hit): JobStore {
  const idsOf = (entries: readonly { readonly id: string }[]): readonly string[] => entries.map(({ id }) => id);
  return {
    read: (ids) => store.read(ids),
    findDue: (page) => store.findDue(page),
    create: async (jobs) => {
      const results = await store.create(jobs);
      hit('afterPut', done(idsOf(jobs), results, 'created'));
      return results;
    },
    claim: async (claims) => {
      hit('beforeClaim', idsOf(claims));
      const results = await store.claim(claims);
      hit('afterClaim', done(idsOf(claims), results, 'claimed'));
      return results;
    },
    write: async (changes) => {
      const results = await store.write(changes);
      hit('afterWrite', done(idsOf(changes), results, 'accepted'));
      return results;
    },
  };
}

function inQueue(queue: JobQueue, hit: Hit): JobQueue {
  const send = async <Entry extends { readonly message: { readonly id: string } }>(
    moment: Moment,
    entries: readonly Entry[],
    sendAll: (all: readonly Entry[]) => Promise<readonly SendResult[]>,
  ): Promise<readonly SendResult[]> => {
    const results = await sendAll(entries);
    const ids = entries.map(({ message }) => message.id);
    hit(moment, done(ids, results, 'sent'));
    return results;
  };
  return {
    depth: () => queue.depth(),
    send: (messages) => send('afterSend', messages, (all) => queue.send(all)),
    sendDeadLetters: (letters) => send('afterCopy', letters, (all) => queue.sendDeadLetters(all)),
  };
}

const inRun =
  (run: JobHandler['run'], hit: Hit): JobHandler['run'] =>
  async (input, context) => {
    try {
      return await run(input, context);
    } finally {
      hit('afterHandler', [context.jobId]);
    }
  };

/**
 * @throws InvalidDefinitionError when the text is not a list of failpoints that exist: a crash test that arms nothing would prove
 * nothing
 */
export function parseFailpoints(text: string): readonly ArmedFailpoint[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw invalid('', 'JSON', text);
  }
  if (!Array.isArray(entries) || entries.length === 0) throw invalid('', 'a list of one failpoint or more', entries);
  return entries.map((entry: unknown, index) => {
    if (!isRecord(entry)) throw invalid(`[${index}]`, 'an object', entry);
    for (const name of Object.keys({ ...FIELDS, ...entry })) {
      const [expected, isValid] = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof ArmedFailpoint] : UNKNOWN_FIELD;
      if (!isValid(entry[name])) throw invalid(`[${index}].${name}`, expected, entry[name]);
    }
    return entry as unknown as ArmedFailpoint;
  });
}

type Rule = readonly [expected: string, isValid: (value: unknown) => boolean];

const FIELDS: Readonly<Record<keyof ArmedFailpoint, Rule>> = {
  at: [`one of ${FAILPOINTS.join(', ')}`, (value) => FAILPOINTS.some((name) => name === value)],
  signal: ['"SIGKILL" or "SIGSTOP"', (value) => value === 'SIGKILL' || value === 'SIGSTOP'],
  hit: ['a whole number from 1', (value) => Number.isSafeInteger(value) && Number(value) >= 1],
  jobs: [
    'a list of one job id or more, or nothing',
    (value) =>
      value === undefined || (Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === 'string')),
  ],
  record: ['an absolute path', (value) => typeof value === 'string' && isAbsolute(value)],
};
const UNKNOWN_FIELD: Rule = [`no field but ${Object.keys(FIELDS).join(', ')}`, () => false];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(place: string, expected: string, value: unknown): InvalidDefinitionError {
  return new InvalidDefinitionError(
    `${ENV.failpoints}${place} cannot be used: expected ${expected}, got ${valueInWords(value)}.`,
  );
}
