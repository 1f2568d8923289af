import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  defineJob,
  InvalidDefinitionError,
  isJobDefinition,
  isJobHandler,
  type JobDefinitionOptions,
} from '../../lib/core/index.ts';

type Options = JobDefinitionOptions<unknown, unknown, unknown>;
const define = (options: Partial<Options>) => defineJob({ type: 'sleep', input: z.unknown(), ...options });

describe('defineJob', () => {
  test('takes the defaults where nothing is said', () => {
    expect(define({})).toMatchObject({
      kind: 'job-definition',
      type: 'sleep',
      output: undefined,
      retry: { maxAttempts: 5, maxCrashes: 2, initialDelayMs: 1_000, maxDelayMs: 900_000 },
      timeoutMs: 30_000,
    });
  });

  test('takes what is said, in milliseconds and whole numbers', () => {
    const output = z.number();
    const retry = { maxAttempts: 1.9, maxCrashes: 100, initialDelaySeconds: 0, maxDelaySeconds: 0.0015 };

    expect(define({ output, retry, timeoutSeconds: 1.2345 })).toMatchObject({
      output,
      retry: { maxAttempts: 1, maxCrashes: 100, initialDelayMs: 0, maxDelayMs: 2 },
      timeoutMs: 1_235,
    });
  });

  test.each(['a', 'summarize-csv', 'A.b_c-9', '0', 'x'.repeat(100)])('accepts the type %j', (type) => {
    expect(define({ type }).type).toBe(type);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^Expected defineJob\({ type, input, … }\), got undefined\.$/],
    ['null', null, /got null/],
    ['no type', { input: z.unknown() }, /^Job type undefined is not usable/],
    ['a type that is no text', { type: 5, input: z.unknown() }, /^Job type 5 is not usable/],
    ['no input schema', { type: 'sleep' }, /^input of job type "sleep" is undefined: use a schema of zod/],
    ['a schema that is none', { type: 'sleep', input: { '~standard': {} } }, /^input .* is an object/],
    ['a schema without an interface', { type: 'sleep', input: { '~standard': undefined } }, /^input .* is an object/],
    ['a wrong kind of output', { type: 'sleep', input: z.unknown(), output: 'text' }, /^output .* is "text"/],
  ])('fails for %s', (_, options, message) => {
    expect(() => defineJob(options as Options)).toThrow(InvalidDefinitionError);
    expect(() => defineJob(options as Options)).toThrow(message);
  });

  test('takes a schema that is a function', () => {
    const schema = Object.assign(() => true, { '~standard': z.unknown()['~standard'] });
    expect(define({ input: schema }).input).toBe(schema);
  });

  test('fails to bind a handler that is no function', () => {
    expect(() => define({}).handle(undefined as never)).toThrow(
      'Expected handle() of job type "sleep" to be given a function, got undefined.',
    );
  });

  test.each(['', '-a', '.a', 'a b', 'a#b', 'é', 'x'.repeat(101)])('fails for the type %j', (type) => {
    expect(() => define({ type })).toThrow(InvalidDefinitionError);
  });

  test.each<[string, Partial<Options>, string]>([
    ['no attempts', { retry: { maxAttempts: 0 } }, 'retry.maxAttempts of job type "sleep" is 0: use 1 to 100.'],
    ['too many attempts', { retry: { maxAttempts: 101 } }, 'retry.maxAttempts'],
    ['attempts that are no number', { retry: { maxAttempts: Number.NaN } }, 'retry.maxAttempts'],
    ['no crashes', { retry: { maxCrashes: 0 } }, 'retry.maxCrashes'],
    ['a negative delay', { retry: { initialDelaySeconds: -1 } }, 'retry.initialDelaySeconds'],
    ['a delay of more than a day', { retry: { maxDelaySeconds: 86_401 } }, 'retry.maxDelaySeconds'],
    ['hardly any time', { timeoutSeconds: 0.5 }, 'timeoutSeconds'],
    ['more time than a function has', { timeoutSeconds: 891 }, 'timeoutSeconds'],
    ['endless time', { timeoutSeconds: Number.POSITIVE_INFINITY }, 'timeoutSeconds'],
  ])('fails for %s', (_, options, message) => {
    expect(() => define(options)).toThrow(message);
  });

  test('binds a handler to its definition', async () => {
    const definition = defineJob({ type: 'double', input: z.object({ n: z.number() }), output: z.number() });
    const handler = definition.handle(({ n }) => n * 2);

    expect(handler).toMatchObject({ kind: 'job-handler', definition });
    expect(isJobHandler(handler)).toBe(true);
    expect(isJobDefinition(definition)).toBe(true);
  });

  test.each([undefined, null, 'job-handler', {}, { kind: 'other' }])(
    '%j is neither definition nor handler',
    (value) => {
      expect(isJobDefinition(value)).toBe(false);
      expect(isJobHandler(value)).toBe(false);
    },
  );

  test('a definition is no handler, a handler no definition', () => {
    const definition = define({});

    expect(isJobHandler(definition)).toBe(false);
    expect(isJobDefinition(definition.handle(() => null))).toBe(false);
  });
});
