import { describe, expect, it } from 'vitest';
import { createHistoryChecker, RetryLater, toAccepted, toClaimed, toSubmitted } from '../../lib/core/index.ts';
import { createFaults } from './faults.ts';
import { deaf, echo, jobOf, rawPut, setup } from './sample-jobs.ts';

describe('what the pipeline tells of its accepted writes', () => {
  it('is a whole and true history of every job: retried, crashed, unknown, given back, canceled, re-opened, raw', async () => {
    const flaky = jobOf('flaky', (_, { attempt }) => {
      if (attempt < 3) {
        throw attempt === 1 ? new Error('once') : new RetryLater('later', { delaySeconds: 901 });
      }
    });
    const hopeless = jobOf('hopeless', () => {
      throw new Error('always');
    });
    const stranger = jobOf('stranger', () => null);
    const stack = setup(() => [echo, flaky, hopeless, deaf]);
    await stack.submit(echo.definition, 1);
    await stack.submit(echo.definition, 2);
    await stack.submit(flaky.definition, 1);
    await stack.submit(stranger.definition, 1);
    await stack.submit(deaf.definition, 1, { maxAttempts: 2 });
    const failed = await stack.submit(hopeless.definition, 1, { maxAttempts: 2 });
    const canceled = await stack.submit(echo.definition, 1, { runAt: stack.clock.now() + 5_000 });
    await stack.cancel(canceled.id);
    stack.store.putRaw(rawPut({ id: 'raw', nextAt: stack.clock.now() }));
    stack.store.putRaw(rawPut({ id: 'malformed', nextAt: stack.clock.now(), input: 5 }));
    const doomed = createFaults(({ event }) => (event === 'complete' ? 'die-before' : undefined));
    await stack.clock.run(Promise.race([stack.deliver({ wrap: doomed.wrap, maxMessages: 2 }), doomed.died]));
    await stack.runToEnd();
    await stack.retry(failed.id);
    await stack.runToEnd();

    const checker = createHistoryChecker();
    const { submissions, claims, changes } = stack.recorder;
    for (const transition of [
      ...submissions.map(toSubmitted),
      ...claims.map(toClaimed),
      ...changes.map((change) => toAccepted(change)),
    ]) {
      checker.add(transition);
    }
    expect(changes.some(({ event, after }) => event === 'lease-ended' && after.suspect)).toBe(true);
    expect(checker.summarize()).toMatchObject({ jobs: 9, violations: [], gaps: [], unfinished: [] });
  });
});
