import { describe, expect, it } from 'vitest';
import { describeError } from '../../../lib/pipeline/consumer/describe-error.ts';
import { jobOf, setup } from '../sample-jobs.ts';

class Odd extends Error {
  override get message(): string {
    throw new Error('a getter that throws');
  }
}

function named(name: unknown): Error {
  const error = new Error('m');
  Object.defineProperty(error, 'name', { value: name });
  return error;
}

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const CASES: readonly (readonly [string, unknown, { readonly name: string; readonly message: string }])[] = [
  ['an error', new RangeError('too far'), { name: 'RangeError', message: 'too far' }],
  ['undefined', undefined, { name: 'Error', message: 'undefined' }],
  ['null', null, { name: 'Error', message: 'null' }],
  ['a string', 'no', { name: 'Error', message: 'no' }],
  ['an empty string', '', { name: 'Error', message: '(nothing)' }],
  ['a symbol', Symbol('s'), { name: 'Error', message: 'Symbol(s)' }],
  ['a BigInt', 7n, { name: 'Error', message: '7' }],
  ['an error without a word', new Error(), { name: 'Error', message: '(nothing)' }],
  ['an error of another realm', { name: 'TypeError', message: 'm' }, { name: 'TypeError', message: 'm' }],
  ['a frozen error', Object.freeze(new Error('cold')), { name: 'Error', message: 'cold' }],
  ['an object without a prototype', Object.create(null), { name: 'Error', message: 'a value that cannot be shown' }],
  ['an error whose getters throw', new Odd(), { name: 'Error', message: 'a value that cannot be shown' }],
  ['an error with a number for a name', named(5), { name: 'Error', message: 'm' }],
  ['an error with an empty name', named(''), { name: 'Error', message: 'm' }],
  ['a revoked proxy', revoked.proxy, { name: 'Error', message: 'a value that cannot be shown' }],
  ['a huge message', new Error('x'.repeat(1_000_000)), { name: 'Error', message: 'x'.repeat(1_000) }],
  ['half a surrogate pair', new Error('a\ud800b'), { name: 'Error', message: 'a\ufffdb' }],
  [
    'a pair cut in half by the limit',
    new Error(`${'x'.repeat(999)}\u{1f600}`),
    { name: 'Error', message: `${'x'.repeat(999)}\ufffd` },
  ],
  [
    'control characters and noncharacters',
    new Error('a\u0000b\u001bc\tde\nf\uffffg'),
    { name: 'Error', message: 'a\ufffdb\ufffdc\tde\nf\ufffdg' },
  ],
];

describe('whatever a handler throws is recorded as plain text', () => {
  it.each(CASES)('%s', async (_, thrown, expected) => {
    expect(describeError(thrown)).toMatchObject(expected);
    const stack = setup(() => [
      jobOf('sync', () => {
        throw thrown;
      }),
      jobOf('async', async () => {
        await Promise.resolve();
        throw thrown;
      }),
    ]);
    const sync = await stack.submit(jobOf('sync', () => null).definition, 1);
    const async = await stack.submit(jobOf('async', () => null).definition, 1, { maxAttempts: 1 });
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    expect(await stack.get(sync.id)).toMatchObject({ status: 'dispatched', failures: 1, error: expected });
    expect(await stack.get(async.id)).toMatchObject({ status: 'failed', error: expected });
    const [letter] = stack.queue.listDead();
    expect(letter?.attributes).toEqual({ type: 'async', reason: expected.name, detail: expected.message });
  });

  it('is logged in a form that no logger stumbles over, with its frames', async () => {
    const stack = setup(() => [
      jobOf('job', () => {
        throw Object.assign(new Error('m'), { code: { toJSON: () => 1n }, self: new Odd() });
      }),
    ]);
    await stack.submit(jobOf('job', () => null).definition, 1);
    await stack.clock.run(stack.deliver());
    const line = stack.lines.find(({ message }) => message.startsWith('A handler reported an error'));
    expect(line?.fields['error']).toEqual({ name: 'Error', frames: expect.stringMatching(/^ {4}at .*weird-errors/) });
  });

  it('is logged without its message, which may quote an input, however many lines that has', async () => {
    const quoted = 'planted\n    at planted (in the middle:1:1)\nplanted\n    at planted (at the end:1:1)';
    const stack = setup(() => [
      jobOf('job', () => {
        throw new Error(quoted, { cause: new Error(quoted) });
      }),
    ]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ error: { message: quoted } });
    expect(stack.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(stack.lines)).not.toContain('planted');
  });

  it('is recorded also when the handler returned something that throws when it is awaited', async () => {
    const stack = setup(() => [
      jobOf('job', () =>
        Object.defineProperty({}, 'then', {
          get: () => {
            throw new Error('a getter that throws');
          },
        }),
      ),
    ]);
    const { id } = await stack.submit(jobOf('job', () => null).definition, 1);
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched', error: { message: 'a getter that throws' } });
  });
});
