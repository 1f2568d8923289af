import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readShownMetrics } from '../cdk/shown-metrics.ts';
import { setup } from '../cdk/test-stack.ts';
import { killAll, startDev } from '../local/stack/dev-process.ts';
import { type EmittedMetric, parseMetrics } from '../telemetry/function-runs.ts';
import { connectTo } from './local-clients.ts';

afterAll(killAll);

/** The metrics that a run of the whole stack leaves behind, after a job that came by the API and one that was put. */
async function runStack(): Promise<{ readonly tableName: string; readonly emitted: readonly EmittedMetric[] }> {
  const dev = await startDev({ directory: fileURLToPath(new URL('quick-app', import.meta.url)) });
  const clients = connectTo(dev.ready);
  const { id } = await clients.submit('echo', { text: 'counted' });
  await clients.putRaw('put', 'echo', '{"text":"counted, too"}');
  expect([await clients.waitFor(id), await clients.waitFor('put')]).toMatchObject([
    { status: 'completed' },
    { status: 'completed' },
  ]);
  clients.close();
  // What the producer has seen it tells at its end, which a stop brings about.
  dev.child.kill('SIGTERM');
  await dev.exited;
  return { tableName: dev.ready.tableName, emitted: parseMetrics(dev.stderr) };
}

describe('the metrics of a running stack', () => {
  it('are among those that the dashboard shows, under the name of its table', async () => {
    const { tableName, emitted } = await runStack();
    const template = setup().toTemplate();
    const [table = ''] = Object.keys(template.findResources('AWS::DynamoDB::Table'));
    const shown = readShownMetrics(template, { [table]: tableName });

    const sums = new Map<string, number>();
    for (const { namespace, name, dimensions, values } of emitted) {
      expect(shown).toContainEqual(expect.objectContaining({ namespace, name, dimensions }));
      sums.set(
        name,
        values.reduce((sum, value) => sum + value, sums.get(name) ?? 0),
      );
    }
    expect(Object.fromEntries(sums)).toMatchObject({
      JobsSubmitted: 2,
      JobsCompleted: 2,
      SubmitToStart: expect.any(Number),
      HandlerDuration: expect.any(Number),
      OldestDueAge: expect.any(Number),
    });
  });
});
