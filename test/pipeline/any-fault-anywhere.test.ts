import { describe, expect, it } from 'vitest';
import { RetryLater } from '../../lib/core/index.ts';
import { type Call, createFaults, type Fault } from './faults.ts';
import { echo, type Fixture, jobOf, rawPut, setup } from './sample-jobs.ts';

const VISIBILITY_TIMEOUT_MS = 360_000;

/** One job of every kind; what becomes of each does not depend on faults. */
const EXPECTED = {
  plain: 'completed',
  delayed: 'completed',
  flaky: 'completed',
  patient: 'completed',
  hopeless: 'failed',
  raw: 'completed',
  malformed: 'failed',
  canceled: 'canceled',
} as const;

async function setUpAll(): Promise<Fixture> {
  const types = [
    echo,
    jobOf('flaky', (_, { attempt }) => {
      if (attempt === 1) {
        throw new Error('once');
      }
    }),
    jobOf('patient', (_, { attempt }) => {
      if (attempt === 1) {
        throw new RetryLater('later', { delaySeconds: 901 });
      }
    }),
    jobOf('hopeless', () => {
      throw new Error('always');
    }),
  ];
  // One lane: asking four of them for nothing would be most of the calls.
  const stack = setup(() => types, { policy: { shards: 1 } });
  const names = new Map<string, string>();
  const submit = async (name: string, type: string, options = {}): Promise<void> => {
    const { definition } = jobOf(type, () => null);
    names.set(name, (await stack.submit(definition, name, options)).id);
  };
  await submit('plain', 'echo');
  await submit('delayed', 'echo', { runAt: stack.clock.now() + 30_000 });
  await submit('flaky', 'flaky');
  await submit('patient', 'patient');
  await submit('hopeless', 'hopeless', { maxAttempts: 2 });
  const nextAt = stack.clock.now();
  stack.store.putRaw(rawPut({ id: 'raw', nextAt }));
  stack.store.putRaw(rawPut({ id: 'malformed', nextAt, input: 5 }));
  stack.store.putRaw(rawPut({ id: 'canceled', nextAt, cancelRequested: true }));
  for (const name of ['raw', 'malformed', 'canceled']) {
    names.set(name, name);
  }
  return Object.assign(stack, { names });
}

function statusesIn(stack: Fixture): Record<string, unknown> {
  const { names } = stack as Fixture & { readonly names: ReadonlyMap<string, string> };
  return Object.fromEntries([...names].map(([name, id]) => [name, stack.store.getRaw(id)?.['status']]));
}

/** Runs everything to its end with one fault at one call, counted over all processes. */
async function runWith(
  faultAt: number,
  fault: Fault,
): Promise<{ readonly stack: Fixture; readonly calls: readonly (readonly Call[])[]; readonly written: number }> {
  const stack = await setUpAll();
  const calls: Call[][] = [];
  let written = 0;
  const startProcess = () => {
    const first = calls.length;
    let isStruck = false;
    return createFaults((call) => {
      if (calls.length === first + call.index) {
        calls.push([]);
      }
      calls.at(-1)?.push(call);
      isStruck ||= calls.length === faultAt;
      // Jobs are worked on side by side, so more than one write may be without an answer when a process dies.
      written = isStruck
        ? calls
            .slice(first)
            .flat()
            .filter(({ method }) => method === 'write').length
        : written;
      return calls.length === faultAt ? fault : undefined;
    });
  };
  await stack.runToEnd({ startProcess });
  // What is in flight comes back: a copy for the dead-letter queue may hang on it.
  await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
  await stack.clock.run(stack.deliver());
  return { stack, calls, written };
}

describe('one fault at any one call', () => {
  it.each<[string, Fault]>([
    ['a crash before it', 'die-before'],
    ['a crash after it', 'die-after'],
    ['no answer, and nothing done', 'unavailable'],
    ['no answer, but done', 'lose-answer'],
  ])('loses no job, ends each as it should, and miscounts by what its process wrote at most: %s', async (_, fault) => {
    const { calls } = await runWith(0, undefined);
    for (const [index, entries] of calls.entries()) {
      const { stack, written } = await runWith(index + 1, fault);
      const where = `${fault} at call ${index + 1}, ${entries[0]?.method}`;
      expect(statusesIn(stack), where).toEqual(EXPECTED);
      const { submitted, reopened, completed, failed, canceled } = stack.recorder.totals();
      const off = Math.abs(submitted + reopened - completed - failed - canceled);
      expect(off, where).toBeLessThanOrEqual(written);
      const copies = stack.queue.listDead().filter(({ attributes }) => attributes['type'] === 'hopeless');
      expect(copies.length, where).toBeGreaterThan(0);
      expect(stack.queue.size(), where).toBe(0);
    }
  });
});
