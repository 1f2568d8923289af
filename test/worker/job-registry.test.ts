import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineJob } from '../../lib/core/index.ts';
import { collectDefinitions, collectHandlers, createDefaultsOf } from '../../lib/worker/index.ts';

const greet = defineJob({ type: 'greet', input: z.string(), timeoutSeconds: 7, retry: { maxAttempts: 3 } });
const handler = greet.handle(() => 'hello');

describe('the registry of job types', () => {
  it('finds definitions and handlers under whatever name a module exports them', () => {
    expect([...collectDefinitions({ greeting: { anything: greet, other: 1 } }).keys()]).toEqual(['greet']);
    expect(collectHandlers({ greeting: { handler } }).get('greet')).toBe(handler);
  });

  it('fills in for a raw put what its definition says, and plain defaults for an unknown type', () => {
    const defaultsOf = createDefaultsOf(collectDefinitions({ greeting: { greet } }));
    expect(defaultsOf('greet')).toMatchObject({ timeoutMs: 7_000, retry: { maxAttempts: 3 } });
    expect(defaultsOf('nobody')).toMatchObject({ timeoutMs: 30_000, retry: { maxAttempts: 5 } });
  });

  it('fails when a folder exports no handler, saying what it exports', () => {
    expect(() => collectHandlers({ greeting: { greet } })).toThrow(
      'The job folder "greeting" exports greet: expected a job handler',
    );
  });

  it('fails when two folders have one type', () => {
    expect(() => collectDefinitions({ one: { greet }, two: { greet } })).toThrow(
      'The job folders "one" and "two" define the type "greet"',
    );
  });
});
