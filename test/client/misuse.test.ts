import { describe, expect, it } from 'vitest';
import { sleep } from '../../functions/jobs/sleep/definition.ts';
import { InvalidDefinitionError, JobClient } from '../../lib/index.ts';
import { createStack } from '../http/memory-stack.ts';

/** The client as a caller without types sees it. */
type Untyped = Record<'submit' | 'submitMany' | 'get' | 'wait', (...args: unknown[]) => Promise<unknown>>;

const jobs = new JobClient({ ports: createStack().ports }) as unknown as Untyped;

const errorOf = async (act: () => unknown): Promise<unknown> => {
  try {
    return await act();
  } catch (error) {
    return error;
  }
};

const definition = { kind: 'job-definition', type: 'sleep' };

describe('a caller without types', () => {
  it.each<[string, () => unknown, string]>([
    ['submit()', () => jobs.submit(), 'Expected a job definition, as defineJob() returns it, got undefined.'],
    ['the name of a type', () => jobs.submit('sleep', {}), 'got "sleep".'],
    [
      'a handler',
      () =>
        jobs.submit(
          sleep.handle(() => ({ slept: 0 })),
          {},
        ),
      'got its handler: pass the definition',
    ],
    ['submitMany()', () => jobs.submitMany(), 'Expected a job definition'],
    ['inputs that are no list', () => jobs.submitMany(definition, { 0: 1 }), 'a list of inputs for submitMany, got an'],
    ['options null', () => jobs.submit(definition, {}, null), 'the options of submit to be an object, got null.'],
    ['a key as options', () => jobs.submit(definition, {}, 'key'), 'the options of submit to be an object, got "key".'],
    ['an option that there is not', () => jobs.submit(definition, {}, { delay: 5 }), 'submit has no option "delay"'],
    ['a key for many', () => jobs.submitMany(definition, [], { idempotencyKey: 'k' }), 'no option "idempotencyKey"'],
    ['get()', () => jobs.get(), 'Expected the id of a job as text, got undefined.'],
    ['a job instead of its id', () => jobs.wait({ id: 'a' }), 'Expected the id of a job as text, got an object.'],
    ['a number to wait', () => jobs.wait('a', 5), 'the options of wait to be an object, got 5.'],
    ['a text to wait', () => jobs.wait('a', { timeoutMs: '5' }), 'timeoutMs of wait is "5": use milliseconds from 0.'],
    ['a wrong signal', () => jobs.wait('a', { signal: true }), 'signal of wait is true: use an AbortSignal.'],
    [
      'new JobClient()',
      () => new (JobClient as never as new () => object)(),
      'options of JobClient to be an object, got',
    ],
    ['a table', () => new JobClient('jobs' as never), 'options of JobClient to be an object, got "jobs".'],
    ['a misspelled option', () => new JobClient({ table: 'jobs' } as never), 'JobClient has no option "table"'],
    ['a wrong region', () => new JobClient({ region: 1 } as never), 'region of JobClient is 1: use a text.'],
    [
      'wrong endpoints',
      () => new JobClient({ endpoints: 'http://127.0.0.1' } as never),
      'the options of endpoints of JobClient to be an object',
    ],
  ])('fails for %s, and hears what was expected and what came', async (_, act, message) => {
    const error = await errorOf(act);
    expect(error).toBeInstanceOf(InvalidDefinitionError);
    expect(error).toMatchObject({ code: 'invalid-definition', message: expect.stringContaining(message) });
  });

  it('fails for a wrong input of a job type that comes with the package, and hears what was expected', async () => {
    const error = await errorOf(() => jobs.submit(sleep, { seconds: 'five', minutes: 1 }));
    expect(error).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/\/seconds: .*expected number, received string.*: Unrecognized key: "minutes"/),
    });
  });
});
