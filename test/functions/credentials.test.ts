import { describe, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../functions/credentials.ts';

describe('the credentials of a function', () => {
  it('are those of its environment when they are asked for', async () => {
    const provide = defaultProvider();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    expect(await provide()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' });
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    expect(await provide()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' });
  });

  it('fails with the names of the variables where they are missing', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    await expect(defaultProvider()()).rejects.toThrow(/AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing/);
  });
});
