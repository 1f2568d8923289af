import { describe, expect, it } from 'vitest';
import { formatLogLine } from '../../lib/cli/log-lines.ts';

describe('a log line', () => {
  it('names its source and keeps its text', () => {
    expect(formatLogLine('api', 'plain text')).toBe('api       plain text');
  });

  it('of our own functions is a sentence with its fields', () => {
    const line = JSON.stringify({
      level: 'info',
      time: '2026-01-01T00:00:00.000Z',
      source: 'consumer',
      message: 'job completed',
      jobId: 'a',
      attempt: 2,
      error: { name: 'X' },
    });

    expect(formatLogLine('consumer', line)).toBe('consumer  job completed jobId=a attempt=2 error={"name":"X"}');
  });

  it.each(['warn', 'error'])('stands out at level %s', (level) => {
    expect(formatLogLine('api', JSON.stringify({ level, message: 'oh' }))).toBe(`api       ${level.toUpperCase()} oh`);
  });

  it('is left out when it is a metric', () => {
    expect(formatLogLine('api', '{"_aws":{"CloudWatchMetrics":[]},"Completed":1}')).toBeUndefined();
  });

  it.each(['{"other":1}', '{broken', '["list"]'])('of somebody else stays as it is: %s', (text) => {
    expect(formatLogLine('api', text)).toBe(`api       ${text}`);
  });
});
