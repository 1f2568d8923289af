import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { InvokeResult } from '../../../lib/local/lambda/invocation.ts';
import { ToyFunctions } from './toy-function.ts';

const toys = new ToyFunctions();
afterEach(() => toys.cleanUp());
afterAll(() => toys.end());

const answerOf = (result: InvokeResult): unknown => {
  if (result.kind !== 'success') throw new Error(`expected success, got ${JSON.stringify(result)}`);
  return JSON.parse(result.payload);
};

const invoke = async (code: string, options: Parameters<ToyFunctions['start']>[1] = {}, event: unknown = {}) =>
  (await toys.start(code, options)).invoke({ payload: JSON.stringify(event) });

describe('a handler', () => {
  it('gets its event and answers', async () => {
    const result = await invoke('exports.handler = async (event) => ({ twice: event.n * 2, "ü": "✓" })', {}, { n: 21 });
    expect(answerOf(result)).toEqual({ twice: 42, ü: '✓' });
  });

  it('may answer nothing, which is null', async () => {
    expect(answerOf(await invoke('exports.handler = async () => {}'))).toBeNull();
  });

  it("gets a context like Lambda's", async () => {
    const code = `exports.handler = async (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() })`;
    const result = await invoke(code, { timeoutSeconds: 30, memorySizeMb: 256 });
    expect(answerOf(result)).toEqual({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      callbackWaitsForEmptyEventLoop: true,
      functionName: 'Demo-Toy',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Demo-Toy',
      logGroupName: '/aws/lambda/Demo-Toy',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      memoryLimitInMB: '256',
      remaining: expect.any(Number),
    });
    const { remaining, awsRequestId } = answerOf(result) as { remaining: number; awsRequestId: string };
    expect(remaining).toBeGreaterThan(20_000);
    expect(remaining).toBeLessThanOrEqual(30_000);
    expect(result).toMatchObject({ requestId: awsRequestId });
  });

  it("sees Lambda's variables, the template's and the caller's, and nothing of ours", async () => {
    process.env['OF_THE_PARENT'] = 'yes';
    const result = await invoke('exports.handler = async () => process.env', {
      environment: { EXTRA: 'caller', TABLE: 'caller' },
      memorySizeMb: 512,
    });
    delete process.env['OF_THE_PARENT'];
    const seen = answerOf(result) as Record<string, string>;
    expect(seen).toMatchObject({
      AWS_LAMBDA_FUNCTION_NAME: 'Demo-Toy',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_REGION: 'us-east-1',
      _HANDLER: 'index.handler',
      EXTRA: 'caller',
      TZ: ':UTC',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    expect(seen['LAMBDA_TASK_ROOT']).toContain('toy-function-');
    expect(seen).not.toHaveProperty('OF_THE_PARENT');
    expect(Object.keys(seen)).toEqual(expect.not.arrayContaining(['HOME', 'NODE_ENV', 'VITEST']));
  });

  it('is loaded as CommonJS although a package above it says module', async () => {
    const outer = await mkdtemp(join(tmpdir(), 'module-package-'));
    await mkdir(join(outer, 'asset'));
    await writeFile(join(outer, 'package.json'), '{"type":"module"}');
    await writeFile(join(outer, 'asset', 'index.js'), 'exports.handler = async () => require("./part.js")');
    await writeFile(join(outer, 'asset', 'part.js'), 'module.exports = "CommonJS"');
    expect(answerOf(await invoke('', { codeDirectory: join(outer, 'asset') }))).toBe('CommonJS');
    await rm(outer, { recursive: true });
  });

  it('has its lines handed on with its name', async () => {
    await invoke('exports.handler = async () => { console.log("one\\ntwo"); console.error("three") }');
    await expect
      .poll(() => toys.lines)
      .toEqual(
        expect.arrayContaining([
          { functionName: 'Demo-Toy', stream: 'stdout', text: 'one' },
          { functionName: 'Demo-Toy', stream: 'stdout', text: 'two' },
          { functionName: 'Demo-Toy', stream: 'stderr', text: 'three' },
        ]),
      );
  });
});

describe('a handler fails', () => {
  it('fails with the type, message and trace of what it throws', async () => {
    const result = await invoke('exports.handler = async () => { throw new TypeError("broken") }');
    expect(result).toMatchObject({ kind: 'function-error', errorType: 'TypeError', errorMessage: 'broken' });
    if (result.kind !== 'function-error') throw new Error('unreachable');
    expect(JSON.parse(result.payload)).toEqual({
      errorType: 'TypeError',
      errorMessage: 'broken',
      trace: expect.arrayContaining(['TypeError: broken']),
    });
  });

  it('fails with a value that is no error', async () => {
    const result = await invoke('exports.handler = async () => { throw "text" }');
    expect(result).toMatchObject({ kind: 'function-error', errorType: 'string', errorMessage: 'text' });
  });

  it('fails with an answer that is not JSON, and goes on living', async () => {
    const toy = await toys.start('exports.handler = async (event) => event.bad ? 1n : process.pid');
    const first = answerOf(await toy.invoke({ payload: '{}' }));
    expect(await toy.invoke({ payload: '{"bad":true}' })).toMatchObject({
      kind: 'function-error',
      errorType: 'TypeError',
    });
    expect(answerOf(await toy.invoke({ payload: '{}' }))).toBe(first);
  });

  it.each([
    ['an exit', 'process.exit(3)', 'Runtime exited with error: exit status 3'],
    ['a quiet exit', 'process.exit(0)', 'Runtime exited without providing a reason'],
    ['a signal', 'process.kill(process.pid, "SIGKILL")', 'Runtime exited with error: signal: SIGKILL'],
  ])('fails with Runtime.ExitError on %s, and a new process takes the next invocation', async (_what, end, message) => {
    const toy = await toys.start(`exports.handler = async (event) => {
      if (event.end) { ${end}; await new Promise(() => setInterval(() => {}, 1000)) }
      return process.pid;
    }`);
    const first = answerOf(await toy.invoke({ payload: '{}' }));
    expect(await toy.invoke({ payload: '{"end":true}' })).toMatchObject({
      kind: 'function-error',
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${message}$`)),
    });
    expect(answerOf(await toy.invoke({ payload: '{}' }))).not.toBe(first);
  });

  it('fails with an unhandled rejection', async () => {
    const result = await invoke(
      'exports.handler = async () => { Promise.reject(new Error("lost")); await new Promise(() => setInterval(() => {}, 1000)) }',
    );
    expect(result).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'lost' });
  });

  it('fails when it needs more memory than it has', async () => {
    const code = 'exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)) }';
    const result = await invoke(code, { memorySizeMb: 128 });
    expect(result).toMatchObject({ kind: 'function-error', errorType: 'Runtime.ExitError' });
  });

  it.each([
    ['waits', 'await new Promise(() => setInterval(() => {}, 1000))'],
    ['never yields', 'for (;;);'],
  ])('fails at its timeout when it %s, and its process is gone', async (_what, body) => {
    const toy = await toys.start(`exports.handler = async (event) => { if (event.pid) return process.pid; ${body} }`, {
      timeoutSeconds: 1,
    });
    const pid = answerOf(await toy.invoke({ payload: '{"pid":true}' })) as number;
    expect(await toy.invoke({ payload: '{}' })).toMatchObject({
      kind: 'function-error',
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Task timed out after 1.00 seconds$/),
    });
    expect(toys.lines.at(-1)).toMatchObject({ stream: 'stderr', text: expect.stringContaining('Task timed out') });
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('fails with an answer above 6 MB', async () => {
    expect(await invoke('exports.handler = async () => "x".repeat(6291556)')).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });
});

describe('init fails', () => {
  it.each([
    ['throws', 'throw new RangeError("at load")', {}, 'RangeError', 'at load'],
    ['has no such export', 'exports.other = 1', {}, 'Runtime.HandlerNotFound', 'index.handler is undefined'],
    ['exports no function', 'exports.handler = 1', {}, 'Runtime.HandlerNotFound', 'not a function'],
    ['is not JavaScript', 'exports.handler = (', {}, 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    ['requires what is not there', 'require("nope")', {}, 'Runtime.ImportModuleError', 'nope'],
    ['is not there', '', { handler: 'other.handler' }, 'Runtime.ImportModuleError', 'other'],
    ['has no name', '', { handler: 'handler' }, 'Runtime.MalformedHandlerName', 'handler'],
    ['takes a callback', 'exports.handler = (a, b, c) => {}', {}, 'Runtime.CallbackHandlerDeprecated', 'callback'],
    ['exits', 'process.exit(7)', {}, 'Runtime.ExitError', 'exit status 7'],
  ])('fails when the code %s', async (_what, code, options, errorType, message) => {
    expect(await invoke(code, options)).toMatchObject({
      kind: 'function-error',
      errorType,
      errorMessage: expect.stringContaining(message),
    });
  });

  it('fails when loading never ends', async () => {
    expect(await invoke('for (;;);', { initTimeoutMs: 300 })).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Init timed out'),
    });
  });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
