import { AccessError, type AccessErrorCode, type EventName, type JobStore } from '../../lib/core/index.ts';
import type { MortalProcess, StackPorts, WrapPorts } from '../../lib/testing/index.ts';

/** One entry of a call, or the whole call where it has none. */
export interface Call {
  readonly method: string;
  /** Counts calls of this wrapper from 0. */
  readonly index: number;
  readonly id: string | undefined;
  /** What a write is about. */
  readonly event: EventName | undefined;
}

/**
 * - an error code: nothing happens and the answer is that error;
 * - `lose-answer`: it happens and the answer is `unavailable`;
 * - `throw`: nothing happens and the port throws, as a bug would;
 * - `die-before`, `die-after`: the process is gone, and so is all that it would still do.
 */
export type Fault = AccessErrorCode | 'lose-answer' | 'throw' | 'die-before' | 'die-after' | undefined;

export interface Faults extends MortalProcess {
  /** Every call with what befell it, in order. */
  readonly calls: readonly (Call & { readonly fault: Fault })[];
  /** Ends the process now, as a handler that exits does. */
  kill(): void;
}

type Entry = Partial<Pick<Call, 'id' | 'event'>>;

/** Puts faults between a process and its store, queue and inbox. */
export function createFaults(plan: (call: Call) => Fault): Faults {
  const calls: (Call & { readonly fault: Fault })[] = [];
  let count = 0;
  let isDead = false;
  let die: (value: 'died') => void = () => {};
  const died = new Promise<'died'>((resolve) => {
    die = resolve;
  });
  const never = <Value>(): Promise<Value> => new Promise(() => {});
  const kill = (): void => {
    isDead = true;
    die('died');
  };
  const death = <Value>(): Promise<Value> => {
    kill();
    return never();
  };
  const faultsOf = (method: string, entries: readonly Entry[]): readonly Fault[] => {
    const index = count;
    count += 1;
    return entries.map(({ id = undefined, event = undefined }) => {
      const call = { method, index, id, event };
      const fault = plan(call);
      calls.push({ ...call, fault });
      return fault;
    });
  };

  const single =
    <Args extends unknown[], Result>(method: string, real: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (isDead) {
        return await never();
      }
      const [fault] = faultsOf(method, [{}]);
      if (fault === 'die-before') {
        return await death();
      }
      if (fault !== undefined && fault !== 'lose-answer' && fault !== 'die-after') {
        throw errorOf(fault);
      }
      const result = await real(...args);
      if (fault === 'die-after') {
        return await death();
      }
      if (fault === 'lose-answer') {
        throw errorOf(fault);
      }
      return isDead ? await never() : result;
    };

  const batch =
    <Given, Result>(
      method: string,
      entryOf: (given: Given) => Entry,
      real: (given: readonly Given[]) => Promise<readonly Result[]>,
    ) =>
    async (given: readonly Given[]): Promise<readonly Result[]> => {
      if (isDead) {
        return await never();
      }
      const faults = faultsOf(method, given.map(entryOf));
      if (faults.includes('die-before')) {
        return await death();
      }
      if (faults.includes('throw')) {
        throw errorOf('throw');
      }
      const isReached = (fault: Fault): boolean =>
        fault === undefined || fault === 'lose-answer' || fault === 'die-after';
      const results = [...(await real(given.filter((_, index) => isReached(faults[index]))))];
      if (faults.includes('die-after')) {
        return await death();
      }
      if (isDead) {
        return await never();
      }
      return faults.map((fault) => {
        const result = isReached(fault) ? results.shift() : undefined;
        return fault === undefined ? (result as Result) : ({ kind: 'error', error: errorOf(fault) } as Result);
      });
    };

  const wrap = ({ store, queue, inbox, clock }: StackPorts): StackPorts => ({
    store: {
      create: batch(
        'create',
        ({ id }) => ({ id }),
        (jobs) => store.create(jobs),
      ),
      read: single('read', (ids) => store.read(ids)),
      claim: batch(
        'claim',
        ({ id }) => ({ id }),
        (claims) => store.claim(claims),
      ),
      write: batch(
        'write',
        ({ id, event }) => ({ id, event }),
        (changes) => store.write(changes),
      ),
      findDue: single('findDue', (page) => store.findDue(page)),
    },
    queue: {
      send: batch(
        'send',
        ({ message }) => ({ id: message.id }),
        (messages) => queue.send(messages),
      ),
      sendDeadLetters: batch(
        'sendDeadLetters',
        ({ message }) => ({ id: message.id }),
        (letters) => queue.sendDeadLetters(letters),
      ),
      depth: single('depth', () => queue.depth()),
    },
    inbox: {
      acknowledge: single('acknowledge', (handles) => inbox.acknowledge(handles)),
      release: single('release', (handles) => inbox.release(handles)),
    },
    clock: {
      now: () => clock.now(),
      sleep: async (delayMs, signal) => {
        await clock.sleep(delayMs, signal);
        return isDead ? await never() : undefined;
      },
    },
  });
  return { wrap, calls, died, kill };
}

function errorOf(fault: Exclude<Fault, undefined>): Error {
  if (fault === 'throw') {
    return new TypeError('A bug in an adapter.');
  }
  const code = fault === 'denied' || fault === 'invalid' ? fault : 'unavailable';
  return new AccessError(code, `Planted: ${fault}.`);
}

/** Puts own methods in front of the store's. */
export function withStore(methodsOf: (store: JobStore) => Partial<JobStore>): WrapPorts {
  return (ports) => ({
    ...ports,
    store: {
      create: (jobs) => ports.store.create(jobs),
      read: (ids) => ports.store.read(ids),
      claim: (claims) => ports.store.claim(claims),
      write: (changes) => ports.store.write(changes),
      findDue: (page) => ports.store.findDue(page),
      ...methodsOf(ports.store),
    },
  });
}
