import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFileSecrets, createStoredSecrets } from '../../../../functions/jobs/deliver-webhook/secrets.ts';
import { errorOf } from './setup.ts';

const writeSecrets = (text?: string): string => {
  const directory = mkdtempSync(join(tmpdir(), 'async-endpoints-secrets-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'secrets.json');
  if (text !== undefined) writeFileSync(path, text);
  return path;
};

describe('secrets in a file', () => {
  it('are read each time', async () => {
    const path = writeSecrets('{"partner":"one"}');
    const readSecret = createFileSecrets(path);
    expect(await readSecret('partner')).toBe('one');
    writeFileSync(path, '{"partner":"two"}');
    expect(await readSecret('partner')).toBe('two');
  });

  it.each([undefined, '{}', '{"partner":""}', '{"partner":1}', '[]', 'null'])(
    'fail for good where there is no such secret (%s), and say where to put it',
    async (text) => {
      const path = writeSecrets(text);
      expect(await errorOf(createFileSecrets(path)('partner'))).toMatchObject({
        code: 'permanent',
        message: `There is no secret "partner": add it to ${path}, as { "partner": "value" }.`,
      });
    },
  );

  it('fail for a name that every object has', async () => {
    const path = writeSecrets('{}');
    expect(await errorOf(createFileSecrets(path)('constructor'))).toMatchObject({ code: 'permanent' });
  });

  it('fail without being shown when the file is not JSON', async () => {
    const error = await errorOf(createFileSecrets(writeSecrets('hunter2'))('partner'));
    expect(error).toMatchObject({ code: 'permanent', message: expect.stringContaining('is not JSON') });
    expect(String((error as Error).stack)).not.toContain('hunter2');
  });

  it('fail for now when the file cannot be read', async () => {
    const path = join(writeSecrets(), '..');
    expect(await errorOf(createFileSecrets(path)('partner'))).toMatchObject({ code: 'secret-unavailable' });
  });
});

describe('secrets of a deployment', () => {
  const setup = (fetchSecret: (arn: string) => Promise<string>) => {
    let time = 0;
    return {
      advance: (ms: number) => {
        time += ms;
      },
      readSecret: createStoredSecrets({ arns: { partner: 'arn:partner' }, fetchSecret, now: () => time }),
    };
  };

  it('are fetched by their ARN, once for all that ask at the same time, and again after five minutes', async () => {
    const arns: string[] = [];
    const { readSecret, advance } = setup(async (arn) => `value ${arns.push(arn)}`);

    expect(await Promise.all([readSecret('partner'), readSecret('partner')])).toEqual(['value 1', 'value 1']);
    advance(299_999);
    expect(await readSecret('partner')).toBe('value 1');
    advance(1);
    expect(await readSecret('partner')).toBe('value 2');
    expect(arns).toEqual(['arn:partner', 'arn:partner']);
  });

  it('fail and are fetched anew next time', async () => {
    let calls = 0;
    const { readSecret } = setup(async () => {
      calls += 1;
      if (calls === 1) throw new Error('not now');
      return 'value';
    });
    await expect(readSecret('partner')).rejects.toThrow('not now');
    expect(await readSecret('partner')).toBe('value');
  });

  it.each(['other', 'constructor'])('fail for good when there is none named %s', async (name) => {
    const { readSecret } = setup(async () => 'value');
    expect(await errorOf(readSecret(name))).toMatchObject({
      code: 'permanent',
      message: expect.stringContaining('webhooks.secrets'),
    });
  });
});
