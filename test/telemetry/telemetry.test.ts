import { describe, expect, it } from 'vitest';
import { createJob, DEFAULT_POLICY, decide, PLAIN_DEFAULTS, storedFrom } from '../../lib/core/index.ts';
import { createJsonLogger, createLogTelemetry } from '../../lib/telemetry/index.ts';

const SECRET = 'a-secret-in-the-input';

function setup() {
  const lines: string[] = [];
  const logger = createJsonLogger({ source: 'test', write: (line) => void lines.push(line), now: () => 0 });
  const logged = () => lines.map((line): unknown => JSON.parse(line));
  return { lines, logged, logger, telemetry: createLogTelemetry(logger) };
}

const { job } = createJob(
  {
    id: 'job-1',
    type: 'sleep',
    input: JSON.stringify({ password: SECRET }),
    dueAt: 0,
    defaults: PLAIN_DEFAULTS('sleep'),
  },
  { now: 0, policy: DEFAULT_POLICY },
);

describe('the log', () => {
  it('is one JSON object a line, with level, time and source', () => {
    const { lines, logged, logger } = setup();
    logger.info('two\nlines', { count: 2 });
    expect(lines[0]).not.toContain('\n');
    expect(logged()).toEqual([
      { level: 'info', time: '1970-01-01T00:00:00.000Z', source: 'test', message: 'two\nlines', count: 2 },
    ]);
  });

  it('tells an error with its cause, which JSON would leave out, and a bigint as text', () => {
    const { logged, logger } = setup();
    logger.error('broken', { error: new Error('outer', { cause: new TypeError('inner') }), big: 2n ** 64n });
    expect(logged()).toMatchObject([
      {
        error: { name: 'Error', message: 'outer', cause: { name: 'TypeError', message: 'inner' } },
        big: '18446744073709551616',
      },
    ]);
  });

  it('keeps its line when a field cannot be written: a handler may log what it likes', () => {
    const { logged, logger } = setup();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    logger.info('response', { circular });
    expect(logged()).toMatchObject([{ message: 'response', fieldsLeftOut: expect.stringContaining('not JSON') }]);
  });
});

describe('telemetry', () => {
  it('writes one line for an accepted transition, with its event and both statuses', () => {
    const { logged, telemetry } = setup();
    const decision = decide(storedFrom(job), { name: 'cancel' }, { now: 5, policy: DEFAULT_POLICY });
    if (decision.kind === 'change') telemetry.accepted(decision.change);
    expect(logged()).toMatchObject([
      { jobId: 'job-1', jobType: 'sleep', event: 'cancel', from: 'dispatched', to: 'canceled', attempt: 0 },
    ]);
  });

  it('never writes a job’s input', () => {
    const { lines, telemetry } = setup();
    telemetry.submitted(job);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(SECRET);
  });
});
