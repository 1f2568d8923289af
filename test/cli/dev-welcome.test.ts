import { describe, expect, it } from 'vitest';
import { describeStack } from '../../lib/cli/dev-welcome.ts';

const options = {
  address: {
    api: 'http://127.0.0.1:4100',
    dynamodb: 'http://127.0.0.1:4102',
    sqs: 'http://127.0.0.1:4103',
    s3: 'http://127.0.0.1:4104',
    region: 'us-east-1',
    accessKeyId: 'local',
    secretAccessKey: 'local',
    tableName: 'AsyncEndpoints-Jobs',
    queueUrl: 'http://127.0.0.1:4103/000000000000/AsyncEndpoints-Queue',
    deadLetterQueueUrl: 'http://127.0.0.1:4103/000000000000/AsyncEndpoints-Dead',
  },
  environmentFile: '/project/.local/env',
  jobHints: { types: ['deliver-webhook', 'sleep', 'summarize-csv'], lane: 'default#live#0' },
  workingDirectory: '/project',
  keepsData: true,
  startedAt: 1_000,
  readyAt: 3_345,
};

describe('the welcome', () => {
  it('tells where everything is', () => {
    const text = describeStack(options);

    expect(text).toContain('Ready after 2.3 s. Jobs are kept over a restart.');
    for (const part of [
      options.address.api,
      options.address.dynamodb,
      options.address.sqs,
      options.address.s3,
      'table AsyncEndpoints-Jobs',
      'queue AsyncEndpoints-Queue',
      'AsyncEndpoints-Dead',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('has three commands to paste', () => {
    const commands = describeStack(options)
      .split('\n')
      .filter((line) => /^ {2}(curl|\. )/.test(line));

    expect(commands).toHaveLength(3);
    expect(commands[0]).toContain('curl --aws-sigv4 aws:amz:us-east-1:execute-api -u local:local ');
    expect(commands[1]).toContain('. .local/env && aws dynamodb put-item --table-name AsyncEndpoints-Jobs ');
    expect(commands[2]).toContain("'http://127.0.0.1:4100/jobs/raw-1?wait=10'");
  });

  it('tries what is there: the type and the lane of this very project', () => {
    const text = describeStack({ ...options, jobHints: { types: ["it's", 'other'], lane: 'orders#live#0' } });

    expect(text).toContain('with an input that fits it in the place of {}');
    expect(text).toContain(`-d '{"type":"it'\\''s","input":{}}'`);
    expect(text).toContain(`"type":{"S":"it'\\''s"}`);
    expect(text).toContain('"lane":{"S":"orders#live#0"}');
    expect(text).not.toMatch(/summarize-csv|sleep|default#/);
  });

  it('says how to make a job type where there is none', () => {
    const text = describeStack({ ...options, jobHints: { types: [], lane: 'default#live#0' } });

    expect(text).toContain('There is no job type yet');
    expect(text).not.toContain('curl');
  });

  it('names a file elsewhere by its whole path', () => {
    const text = describeStack({ ...options, environmentFile: '/tmp/x/env', keepsData: false });

    expect(text).toContain('. /tmp/x/env && ');
    expect(text).toContain('Nothing is kept.');
  });
});
