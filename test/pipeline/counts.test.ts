import { describe, expect, it } from 'vitest';
import { decide, isFinal, isStatus, storedFrom } from '../../lib/core/index.ts';
import { createFakeRandom } from '../../lib/testing/index.ts';
import { type Call, createFaults, type Fault } from './faults.ts';
import { echo, type Fixture, jobOf, messageOf, rawPut, setup } from './sample-jobs.ts';

/** Jobs that somebody counted and that are not final; a raw put counts from the first write about it. */
function countLive(stack: Fixture): number {
  return stack.store
    .listRaw()
    .filter(({ status, createdAt }) => createdAt !== undefined && !(isStatus(status) && isFinal(status))).length;
}

function expectToAddUp(stack: Fixture, where: string): void {
  const { submitted, reopened, completed, failed, canceled } = stack.recorder.totals();
  expect(submitted + reopened, where).toBe(completed + failed + canceled + countLive(stack));
}

async function steer(stack: Fixture, id: string, name: 'cancel' | 'retry'): Promise<void> {
  const context = { now: stack.clock.now(), policy: stack.policy };
  const [stored] = await stack.store.read([id]);
  const decision =
    stored?.kind === 'job' && stored.complete ? decide(storedFrom(stored.job), { name }, context) : undefined;
  if (decision?.kind === 'change') {
    await stack.store.write([decision.change]);
    stack.recorder.accepted(decision.change);
  }
}

const FLAKY = { retry: { maxAttempts: 3 }, timeoutSeconds: 15 };

/** A stack with a random life: jobs come in every way, fail, time out, are canceled, retried, redriven; answers are lost. */
class RandomLife {
  readonly stack: Fixture;
  private readonly random;
  private readonly ids: string[] = [];

  constructor(seed: number) {
    this.random = createFakeRandom(seed);
    const flaky = jobOf(
      'flaky',
      async (_, { signal }) => {
        await this.stack.clock.sleep(this.random.next() * 20_000, signal);
        if (this.isLikely(0.6)) {
          throw new Error('flaky');
        }
      },
      FLAKY,
    );
    this.stack = setup(() => [echo, flaky], { seed, batchConcurrency: 3 });
  }

  async submit(name: string): Promise<void> {
    const definition = this.isLikely(0.5) ? jobOf('flaky', () => null, FLAKY).definition : echo.definition;
    const { id } = await this.stack.submit(definition, name);
    const nextAt = this.stack.clock.now();
    this.stack.store.putRaw(rawPut({ id: `raw-${name}`, nextAt, ...(this.isLikely(0.2) ? { input: 5 } : {}) }));
    this.ids.push(id, `raw-${name}`);
  }

  async disturb(): Promise<void> {
    const anyId = this.ids[Math.floor(this.random.next() * this.ids.length)] ?? '';
    if (this.isLikely(0.2)) {
      this.stack.queue.sendRaw(messageOf(anyId));
    }
    if (this.isLikely(0.6)) {
      await steer(this.stack, anyId, this.isLikely(0.5) ? 'cancel' : 'retry');
    }
    if (this.isLikely(0.1)) {
      this.stack.queue.redriveDead();
    }
  }

  /** The consumer tells its own writes by their token, so it may lose answers and still counts right. */
  async work(): Promise<void> {
    const producer = createFaults(() => (this.isLikely(0.03) ? 'unavailable' : undefined));
    const consumer = createFaults((call) => (this.isLikely(0.1) ? this.chooseFault(call) : undefined));
    await this.stack.clock.run(
      Promise.all([
        this.stack.sweep({ wrap: producer.wrap }),
        this.stack.deliver({ wrap: consumer.wrap }).catch(() => 'thrown'),
      ]),
    );
  }

  async pause(): Promise<void> {
    await this.stack.clock.advance(this.random.next() * 30_000);
  }

  /** A redrive whose answer is lost leaves no mark of who it was, so it may go uncounted. */
  private chooseFault({ method, event }: Call): Fault {
    const isMarked = method !== 'read' && method !== 'release' && event !== 'redrive';
    return isMarked && this.isLikely(0.5) ? 'lose-answer' : 'unavailable';
  }

  private isLikely(probability: number): boolean {
    return this.random.next() < probability;
  }
}

describe('the counts add up at every moment', () => {
  it.each([1, 2, 3])('submitted + reopened = completed + failed + canceled + live, with seed %i', async (seed) => {
    const life = new RandomLife(seed);
    for (let round = 0; round < 60; round += 1) {
      if (round < 30) {
        await life.submit(String(round));
      }
      await life.disturb();
      expectToAddUp(life.stack, `before round ${round}`);
      await life.work();
      expectToAddUp(life.stack, `after round ${round}`);
      await life.pause();
    }
    await life.stack.runToEnd();
    expectToAddUp(life.stack, 'at the end');
    const { submitted, completed, failed } = life.stack.recorder.totals();
    expect(submitted).toBe(60);
    expect(Math.min(completed, failed)).toBeGreaterThan(0);
  });

  it('and nothing is counted that was refused', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    stack.queue.sendRaw(messageOf(id));
    stack.queue.sendRaw(messageOf(id));
    await Promise.all([stack.deliver(), stack.sweep(), stack.sweep()]);
    await stack.clock.run(stack.deliver());
    expect(stack.recorder.claims).toHaveLength(1);
    expect(stack.recorder.changes.map(({ event }) => event)).toEqual(['complete']);
  });
});
