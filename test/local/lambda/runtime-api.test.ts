import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EnvironmentEndpoint,
  type ReportedError,
  type RuntimeApi,
  startRuntimeApi,
} from '../../../lib/local/lambda/runtime-api.ts';

let api: RuntimeApi;

beforeEach(async () => {
  api = await startRuntimeApi();
});
afterEach(() => api.stop());

/** An environment that runs one invocation, `known`, and keeps what it is told. */
const addEnvironment = (id: string) => {
  const told: unknown[] = [];
  const tell = (what: string) => (requestId: string, value: string | ReportedError) => {
    told.push([what, value]);
    return requestId === 'known';
  };
  const endpoint: EnvironmentEndpoint = {
    onNext: (handOut) =>
      handOut({ requestId: 'known', deadlineAt: 42, functionArn: 'arn', traceId: 'Root=1', payload: '{"n":1}' }),
    onResponse: tell('response'),
    onResponseTooLarge: () => {
      told.push(['too large']);
      return true;
    },
    onError: tell('error'),
    onInitError: (error) => told.push(['init', error]),
  };
  const base = `http://${api.add(id, endpoint)}/2018-06-01/runtime`;
  return {
    base,
    told,
    post: (path: string, init: RequestInit = {}) => fetch(base + path, { method: 'POST', ...init }),
  };
};

describe('the runtime API', () => {
  it('hands an invocation out with its headers', async () => {
    const response = await fetch(`${addEnvironment('one').base}/invocation/next`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'lambda-runtime-aws-request-id': 'known',
      'lambda-runtime-deadline-ms': '42',
      'lambda-runtime-invoked-function-arn': 'arn',
      'lambda-runtime-trace-id': 'Root=1',
    });
    expect(await response.json()).toEqual({ n: 1 });
  });

  it('takes answers and errors, each for its environment', async () => {
    const [one, two] = [addEnvironment('one'), addEnvironment('two')];
    expect((await one.post('/invocation/known/response', { body: '"fine"' })).status).toBe(202);
    const error = { errorType: 'TypeError', errorMessage: 'broken' };
    const body = JSON.stringify(error);
    expect((await two.post('/invocation/known/error', { body })).status).toBe(202);
    expect((await two.post('/init/error', { body })).status).toBe(202);
    expect(one.told).toEqual([['response', '"fine"']]);
    expect(two.told).toEqual([
      ['error', { ...error, payload: body }],
      ['init', { ...error, payload: body }],
    ]);
  });

  it('takes the type of an error from its header where the document has none', async () => {
    const one = addEnvironment('one');
    const headers = { 'Lambda-Runtime-Function-Error-Type': 'Runtime.Odd' };
    await one.post('/invocation/known/error', { headers, body: 'not JSON' });
    expect(one.told).toEqual([['error', { errorType: 'Runtime.Odd', errorMessage: '', payload: 'not JSON' }]]);
  });

  it('fails with 413 for an answer above 6 MB', async () => {
    const one = addEnvironment('one');
    const response = await one.post('/invocation/known/response', { body: 'x'.repeat(6_291_557) });
    expect(response.status).toBe(413);
    expect(one.told).toEqual([['too large']]);
  });

  it('fails with 400 for an invocation that is not running', async () => {
    expect((await addEnvironment('one').post('/invocation/other/response', { body: '1' })).status).toBe(400);
  });

  it('fails with 404 for anything else, and for an environment that is gone', async () => {
    const { base, post } = addEnvironment('one');
    expect((await fetch(`${base}/nothing`)).status).toBe(404);
    expect((await post('/invocation/next')).status).toBe(404);
    api.remove('one');
    expect((await fetch(`${base}/invocation/next`)).status).toBe(404);
  });
});
