import { describe, expect, it } from 'vitest';
import { createTextFormat, formatJson, type LogEntry } from '../../lib/cli/log-lines.ts';

const AT = new Date(2026, 0, 1, 9, 5, 7, 42).getTime();

const entry = (text: string, options: Partial<LogEntry> = {}): LogEntry => ({
  source: 'api',
  text,
  level: 'info',
  at: AT,
  ...options,
});

const LINE = JSON.stringify({
  level: 'info',
  time: new Date(AT + 1).toISOString(),
  source: 'consumer',
  message: 'job completed',
  jobId: 'a',
  attempt: 2,
  at: 3,
  since: 2,
  error: { name: 'X' },
});

const METRIC = '{"_aws":{"CloudWatchMetrics":[]},"Completed":1}';

describe('a log line for people', () => {
  const format = createTextFormat({ colors: false });

  it('has time, function and level, and keeps its text', () => {
    expect(format(entry('plain text'))).toBe('09:05:07.042 api       info  plain text');
  });

  it('of our own functions is a sentence with its job and its fields, at the time at which it was written', () => {
    expect(format(entry(LINE, { source: 'consumer' }))).toBe(
      '09:05:07.043 consumer  info  [a] job completed attempt=2 error={"name":"X"}',
    );
  });

  it('has the level of its stream where it names none', () => {
    expect(format(entry('oh', { level: 'error' }))).toBe('09:05:07.042 api       error oh');
  });

  it('knows the field names of other loggers', () => {
    const line = JSON.stringify({ level: 'WARN', timestamp: new Date(AT + 5).toISOString(), message: 'oh' });
    expect(format(entry(line))).toBe('09:05:07.047 api       warn  oh');
  });

  it('is left out when it is a metric', () => {
    expect(format(entry(METRIC))).toBeUndefined();
  });

  it.each(['{"other":1}', '{broken', '["list"]'])('of somebody else stays as it is: %s', (text) => {
    expect(format(entry(text))).toBe(`09:05:07.042 api       info  ${text}`);
  });

  it('has colours on request only: one for each function, red for errors', () => {
    const colored = createTextFormat({ colors: true });
    const first = String(colored(entry('oh', { level: 'error' })));
    const second = String(colored(entry('oh', { source: 'consumer' })));
    expect(first).toContain('\u001b[31moh\u001b[39m');
    expect(first).toContain('\u001b[36mapi');
    expect(second).toContain('\u001b[32mconsumer');
    expect(format(entry('oh', { level: 'error' }))).not.toContain('\u001b');
  });
});

describe('a log line for machines', () => {
  it('is one object with time, level, source and message', () => {
    expect(JSON.parse(String(formatJson(entry('two\nlines', { level: 'warn' }))))).toEqual({
      time: new Date(AT).toISOString(),
      level: 'warn',
      source: 'api',
      message: 'two\nlines',
    });
  });

  it('keeps the job and the fields of our own lines', () => {
    expect(JSON.parse(String(formatJson(entry(LINE, { source: 'consumer' }))))).toEqual(JSON.parse(LINE));
  });

  it('keeps a metric as it is, with its function', () => {
    expect(JSON.parse(String(formatJson(entry(METRIC))))).toEqual({ source: 'api', ...JSON.parse(METRIC) });
  });
});
