import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ENV, METRIC_UNITS, METRICS } from '../../lib/core/names.ts';
import { rawPut } from '../pipeline/sample-jobs.ts';
import { type EmittedMetric, runEverything, startFunctions, TABLE_NAME } from './function-runs.ts';

const valuesOf = (metrics: readonly EmittedMetric[], name: string): readonly number[] =>
  metrics.filter((metric) => metric.name === name).flatMap(({ values }) => values);

const sumOf = (metrics: readonly EmittedMetric[], name: string): number =>
  valuesOf(metrics, name).reduce((sum, value) => sum + value, 0);

/** Functions that are gone when the test ends. */
async function setup() {
  const functions = await startFunctions();
  onTestFinished(functions.stop);
  return functions;
}

describe('the metrics of the functions', () => {
  it('are those that the names list, each with its unit and the table as its only dimension', async () => {
    const functions = await setup();
    await runEverything(functions);
    const emitted = functions.metrics();
    expect(Object.fromEntries(emitted.map(({ name, unit }) => [name, unit]))).toEqual(METRIC_UNITS);
    for (const { namespace, dimensions } of emitted) {
      expect({ namespace, dimensions }).toEqual({
        namespace: METRICS.namespace,
        dimensions: { [METRICS.dimension]: TABLE_NAME },
      });
    }
  });

  it('add up with the table, whatever happened', async () => {
    const functions = await setup();
    await runEverything(functions);
    const emitted = functions.metrics();
    const live = functions.store
      .listRaw()
      // A raw put counts from the first write about it.
      .filter(({ createdAt }) => createdAt !== undefined)
      .filter(({ status }) => !['completed', 'failed', 'canceled'].includes(String(status)));
    expect(sumOf(emitted, 'JobsSubmitted') + sumOf(emitted, 'JobsReopened')).toBe(
      sumOf(emitted, 'JobsCompleted') + sumOf(emitted, 'JobsFailed') + sumOf(emitted, 'JobsCanceled') + live.length,
    );
  });

  it('count a submit of the SDK with the first change of its job, and once', async () => {
    const { clock, queue, submitBySdk, produce, consume, metrics } = await setup();
    const counts = () => [sumOf(metrics(), 'JobsSubmitted'), sumOf(metrics(), 'JobsCompleted')];
    await submitBySdk('soon');
    expect(counts()).toEqual([0, 0]);
    // Its message is lost: it is sent again, which is no change of its status.
    queue.purge();
    await clock.advance(61_000);
    await produce();
    expect(counts()).toEqual([0, 0]);
    await consume();
    expect(counts()).toEqual([1, 1]);

    await submitBySdk('later', 16 * 60_000);
    await clock.advance(16 * 60_000);
    await produce();
    expect(counts()).toEqual([2, 1]);
    await consume();
    expect(counts()).toEqual([2, 2]);
  });

  it('tell how long the oldest due job has waited, 0 when none is due and nothing when the table does not say', async () => {
    const { clock, store, produce, metrics } = await setup();
    /** Of the passes of one invocation. */
    const ages = async (): Promise<readonly number[]> => {
      const before = valuesOf(metrics(), 'OldestDueAge').length;
      await produce();
      return valuesOf(metrics(), 'OldestDueAge').slice(before);
    };
    expect(await ages()).toEqual([0, 0, 0]);
    store.putRaw(rawPut({ id: 'late', nextAt: clock.now() - 400_000 }));
    store.putRaw(rawPut({ id: 'later', nextAt: clock.now() - 90_000, lane: 'default#live#3' }));
    expect(await ages()).toEqual([400, 0, 0, 0]);
    const find = vi.spyOn(store, 'findDue').mockRejectedValue(new Error('The table does not answer.'));
    expect(await ages()).toEqual([]);
    find.mockRestore();
    vi.spyOn(store, 'read').mockRejectedValue(new Error('The table does not answer.'));
    store.putRaw(rawPut({ id: 'latest', nextAt: clock.now() }));
    expect(await ages()).toEqual([]);
  });

  it('tell of a job that nobody starts, sent again and again, how long it has been due', async () => {
    const { clock, queue, submit, produce, metrics } = await setup();
    await submit('echo');
    for (const waitMs of [61_000, 121_000, 241_000]) {
      queue.purge();
      await clock.advance(waitMs);
      await produce();
    }
    const ages = valuesOf(metrics(), 'OldestDueAge').filter((age) => age > 0);
    expect(ages.map(Math.floor)).toEqual([61, 182, 423]);
  });

  it('are heard while a producer that stays awake is at it, not only at its end', async () => {
    vi.stubEnv(ENV.stayAwake, 'true');
    const { clock, store, startProducing, metrics } = await setup();
    store.putRaw(rawPut({ id: 'new', nextAt: clock.now() }));
    const invocation = startProducing();
    await clock.settle();
    expect({ submitted: sumOf(metrics(), 'JobsSubmitted'), ages: valuesOf(metrics(), 'OldestDueAge') }).toEqual({
      submitted: 1,
      ages: [0],
    });
    store.putRaw(rawPut({ id: 'newer', nextAt: clock.now() }));
    await clock.advance(2_000);
    expect(sumOf(metrics(), 'JobsSubmitted')).toBe(2);
    await clock.run(invocation);
  });

  it('are written although the invocation throws', async () => {
    const { store, submit, consume, metrics, queue } = await setup();
    await submit('echo');
    queue.sendRaw('garbage');
    vi.spyOn(store, 'claim').mockRejectedValue(new Error('The table does not answer.'));
    vi.spyOn(store, 'read').mockRejectedValue(new Error('The table does not answer.'));
    const before = valuesOf(metrics(), 'JobsSubmitted').length;
    await consume().catch(() => {});
    expect({ before, poison: sumOf(metrics(), 'PoisonMessages') }).toEqual({ before: 1, poison: 1 });
  });

  it('are written when a process ends because of a handler that lives on', async () => {
    const { submit, consume, metrics, exits } = await setup();
    await submit('deaf');
    await consume();
    expect(exits).toEqual([1]);
    expect(sumOf(metrics(), 'AbandonedHandlers')).toBe(1);
  });

  it('hold what a consumer has done so far when one of its handlers ends the process', async () => {
    const { submit, queue, metrics, startConsuming, clock } = await setup();
    await submit('echo');
    await submit('slow');
    // The process could die here, while the slow one runs.
    const invocation = startConsuming();
    await vi.waitFor(() => expect(sumOf(metrics(), 'JobsCompleted')).toBe(1));
    expect(queue.size()).toBe(2);
    await clock.run(invocation);
  });

  it('are nothing at all when nothing happened', async () => {
    const { lines, consume } = await setup();
    await consume();
    expect(lines).toEqual([]);
  });
});
