import { describe, expect, it } from 'vitest';
import { toAnswer } from '../../../lib/local/http/to-answer.ts';

const answer = (payload: unknown) => {
  const { body, ...rest } = toAnswer(JSON.stringify(payload));
  return { ...rest, body: body.toString('utf8') };
};

const JSON_TYPE = { 'content-type': 'application/json' };

describe('toAnswer', () => {
  it('reads status, headers, cookies and body', () => {
    expect(
      answer({
        statusCode: 202,
        headers: { 'Content-Type': 'application/json', Location: '/jobs/1', 'X-Number': 1, Connection: 'close' },
        cookies: ['a=1', 'b=2'],
        body: '{"id":"ü"}',
      }),
    ).toEqual({
      status: 202,
      headers: { ...JSON_TYPE, location: '/jobs/1', 'x-number': '1', 'set-cookie': ['a=1', 'b=2'] },
      body: '{"id":"ü"}',
    });
  });

  it('decodes base64', () => {
    expect(answer({ statusCode: 200, body: 'w7w=', isBase64Encoded: true })).toMatchObject({ body: 'ü' });
  });

  it('takes a missing body for an empty one and calls it text', () => {
    expect(answer({ statusCode: '204' })).toEqual({
      status: 204,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '',
    });
  });

  it.each([
    ['an object', { a: 1 }, '{"a":1}'],
    ['a list', [1, 2], '[1,2]'],
    ['a text', 'hello', 'hello'],
    ['a number', 7, '7'],
    ['null', null, 'null'],
  ])('takes %s without a status for the body of a 200', (_what, payload, body) => {
    expect(answer(payload)).toEqual({ status: 200, headers: JSON_TYPE, body });
  });

  it.each([
    ['a status that is none', { statusCode: 'fine' }],
    ['a status out of range', { statusCode: 99 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
  ])('fails with 500 on %s', (_what, payload) => {
    expect(answer(payload)).toEqual({ status: 500, headers: JSON_TYPE, body: '{"message":"Internal Server Error"}' });
  });

  it('fails with 500 on what is not JSON', () => {
    expect(toAnswer('{').status).toBe(500);
  });
});
