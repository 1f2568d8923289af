import { describe, expect, it } from 'vitest';
import { createHttpStack, readProblem } from './memory-stack.ts';

const INPUT = { left: 1, right: 2 };
const VALID = { type: 'add', input: INPUT };

describe('POST /jobs, body that cannot be read', () => {
  it.each([
    ['{"type":"add",}', 'line 1, column 15', '"}"'],
    ['{\n  "type": \'add\'\n}', 'line 2, column 11', '"\'"'],
    ['{"type":"add"', 'line 1, column 14', 'the end of the text'],
    ['{"type":"add"} x', 'line 1, column 16', '"x"'],
    ['{"type":"a\nb"}', 'line 1, column 11', '"\\n"'],
    ['{"n":01}', 'line 1, column 7', '"1"'],
    ['NaN', 'line 1, column 1', '"N"'],
  ])('fails with 400 for %j and says where', async (body, where, found) => {
    const { post, submitted } = createHttpStack();
    const problem = await readProblem(await post(body));
    expect(problem).toMatchObject({ status: 400, type: 'urn:async-endpoints:problem:malformed-request' });
    expect(problem.detail).toContain(where);
    expect(problem.detail).toContain(`found ${found}`);
    expect(submitted).toHaveLength(0);
  });

  it('fails with 400 for an empty body', async () => {
    const problem = await readProblem(await createHttpStack().post(''));
    expect(problem).toMatchObject({ status: 400, detail: expect.stringContaining('empty') });
  });

  it('fails with 400 for bytes that are not UTF-8', async () => {
    const problem = await readProblem(await createHttpStack().post(new Uint8Array([0x22, 0xff, 0x22])));
    expect(problem).toMatchObject({ status: 400, detail: 'The body is not UTF-8 text.' });
  });

  it.each([
    ['application/xml', {}],
    ['multipart/form-data; boundary=x', {}],
    ['application/jsonp', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'Content-Encoding': 'gzip' }],
  ])('fails with 415 for %s %j', async (type, headers) => {
    const response = await createHttpStack().post(VALID, { ...headers, 'Content-Type': type });
    expect(await readProblem(response)).toMatchObject({ status: 415 });
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain;charset=UTF-8', 'application/vnd.acme+json'])(
    'reads the body as JSON when a tool calls it %s',
    async (type) => {
      const response = await createHttpStack().post(VALID, { 'Content-Type': type });
      expect(response.status).toBe(202);
    },
  );

  it('fails with 413 beyond a mebibyte, naming the limit', async () => {
    const problem = await readProblem(await createHttpStack().post(' '.repeat(1_048_577)));
    expect(problem).toMatchObject({ status: 413, detail: expect.stringContaining('1048576') });
  });
});

describe('POST /jobs, body that cannot be accepted', () => {
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  it.each<[string, unknown, readonly string[]]>([
    ['no object', [], ['']],
    ['null', null, ['']],
    ['no type and no input', {}, ['/type', '/input']],
    ['unknown fields', { ...VALID, 'a/b': 1, retries: 2 }, ['/a~1b', '/retries']],
    ['a prototype key', '{"type":"add","input":{},"__proto__":{"x":1}}', ['/__proto__']],
    ['an unknown type', { type: 'nope', input: 1 }, ['/type']],
    ['a type named as a method of all objects', { type: 'toString', input: 1 }, ['/type']],
    ['a type that is no text', { type: 1, input: 1 }, ['/type']],
    [
      'an input that does not fit',
      { type: 'add', input: { left: '1', note: 2 } },
      ['/input/left', '/input/right', '/input/note'],
    ],
    ['a schema that throws', { type: 'faulty', input: 1 }, ['/input']],
    ['a negative delay', { ...VALID, delaySeconds: -1 }, ['/delaySeconds']],
    ['a delay beyond a year', { ...VALID, delaySeconds: 1e9 }, ['/delaySeconds']],
    ['a delay that is text', { ...VALID, delaySeconds: '5' }, ['/delaySeconds']],
    ['delay and time', { ...VALID, delaySeconds: 1, runAt: '2030-01-02T00:00:00Z' }, ['/runAt']],
    ['a time without offset', { ...VALID, runAt: '2030-01-02T00:00:00' }, ['/runAt']],
    ['a time that is no day', { ...VALID, runAt: '2030-02-30T00:00:00Z' }, ['/runAt']],
    ['a date', { ...VALID, runAt: '2030-01-02' }, ['/runAt']],
    ['a time as a number', { ...VALID, runAt: 1_900_000_000_000 }, ['/runAt']],
    ['a time beyond a year', { ...VALID, runAt: '2031-06-01T00:00:00Z' }, ['/runAt']],
    ['a null', { ...VALID, group: null }, ['/group']],
    ['a group with spaces', { ...VALID, group: 'a b' }, ['/group']],
    ['a long group', { ...VALID, group: 'a'.repeat(129) }, ['/group']],
    ['an empty key', { ...VALID, idempotencyKey: '' }, ['/idempotencyKey']],
    ['a long key', { ...VALID, idempotencyKey: 'a'.repeat(257) }, ['/idempotencyKey']],
    [
      'half a character as a key',
      `{"type":"add","input":{"left":1,"right":2},"idempotencyKey":"\\ud800"}`,
      ['/idempotencyKey'],
    ],
    ['no attempts', { ...VALID, maxAttempts: 0 }, ['/maxAttempts']],
    ['half an attempt', { ...VALID, maxAttempts: 1.5 }, ['/maxAttempts']],
    ['too many attempts', { ...VALID, maxAttempts: 101 }, ['/maxAttempts']],
    [
      'a number that would be rounded',
      '{"type":"anything","input":{"a":[0,{"b/c":9007199254740993}]}}',
      ['/input/a/1/b~1c'],
    ],
    ['a number that would be infinite', '{"type":"anything","input":[-1e400]}', ['/input/0']],
    ['too deep an input', `{"type":"anything","input":${deep(201)}}`, ['/input']],
    ['a very deep input', `{"type":"anything","input":${deep(90_000)}}`, ['/input']],
    ['a large input', { type: 'anything', input: 'a'.repeat(180_000) }, ['/input']],
  ])('fails with 422 for %s', async (_, body, pointers) => {
    const { post, submitted, queue } = createHttpStack();
    const problem = await readProblem(await post(body));
    expect(problem).toMatchObject({ status: 422, type: 'urn:async-endpoints:problem:invalid-input' });
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problem.errors?.every(({ detail }) => (detail?.length ?? 0) > 10)).toBe(true);
    expect([submitted.length, queue.size()]).toEqual([0, 0]);
  });

  it('accepts the deepest and the largest input that are allowed', async () => {
    const { post } = createHttpStack();
    expect((await post(`{"type":"anything","input":${deep(200)}}`)).status).toBe(202);
    expect((await post({ type: 'anything', input: 'a'.repeat(179_998) })).status).toBe(202);
    expect((await post('{"type":"anything","input":[9007199254740992,1e22,0.1000000000000000055,1e300]}')).status).toBe(
      202,
    );
  });

  it('says what was expected in plain words', async () => {
    const { post } = createHttpStack();
    const details = async (body: unknown) => (await readProblem(await post(body))).errors?.map(({ detail }) => detail);
    expect(await details({ type: 'nope', input: 1 })).toEqual([
      'There is no job type "nope"; there are add, anything, faulty.',
    ]);
    expect(await details({ ...VALID, x: 1 })).toEqual(['There is no such field.']);
    expect(await details({ type: 'add' })).toEqual(['This field is required.']);
    expect(await details({ type: 'add', input: { left: 'a', right: 1 } })).toEqual([
      'Invalid input: expected number, received string',
    ]);
    expect(await details('{"type":"anything","input":12345678901234567890}')).toEqual([
      'The number 12345678901234567890 would be read as 12345678901234567000. Send it as a string.',
    ]);
  });

  it('keeps the answer short, however much is wrong', async () => {
    const { post } = createHttpStack();
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${'x'.repeat(100)}${index}`, 1]));
    const response = await post({ ...VALID, ...fields, ['y'.repeat(50_000)]: 1 });
    expect((await response.clone().text()).length).toBeLessThan(60_000);
    expect((await readProblem(response)).errors).toHaveLength(50);
  });

  it('fails with 422 when a key names another job', async () => {
    const { post } = createHttpStack();
    await post({ ...VALID, idempotencyKey: 'k' });
    for (const body of [
      { type: 'add', input: { left: 1, right: 3 } },
      { type: 'anything', input: INPUT },
    ]) {
      const problem = await readProblem(await post(body, { 'Idempotency-Key': 'k' }));
      expect(problem).toMatchObject({
        status: 422,
        type: 'urn:async-endpoints:problem:idempotency-conflict',
        errors: [{ pointer: '/idempotencyKey' }],
      });
    }
  });

  it('fails with 422 when header and field name different keys', async () => {
    const response = await createHttpStack().post({ ...VALID, idempotencyKey: 'a' }, { 'Idempotency-Key': 'b' });
    expect(await readProblem(response)).toMatchObject({ status: 422, errors: [{ pointer: '/idempotencyKey' }] });
  });
});

describe('POST /jobs, headers and query that cannot be read', () => {
  it.each(['26', '-1', '1.5', '', 'a', '1e1', '99999'])('fails with 400 for Prefer: wait=%s', async (wait) => {
    const problem = await readProblem(await createHttpStack().post(VALID, { Prefer: `wait=${wait}` }));
    expect(problem).toMatchObject({ status: 400, errors: [{ header: 'Prefer' }] });
    expect(problem.detail).toContain('from 0 to 25');
  });

  it.each(['', 'é', 'a'.repeat(257)])('fails with 400 for the Idempotency-Key %j', async (key) => {
    const problem = await readProblem(await createHttpStack().post(VALID, { 'Idempotency-Key': key }));
    expect(problem).toMatchObject({ status: 400, errors: [{ header: 'Idempotency-Key' }] });
  });

  it('fails with 400 for a parameter, naming it', async () => {
    const problem = await readProblem(await createHttpStack().post(VALID, {}, '/jobs?wait=1'));
    expect(problem).toMatchObject({ status: 400, errors: [{ parameter: 'wait' }] });
  });
});

describe('POST /jobs when the store fails', () => {
  it('fails with 503 and a time to come back', async () => {
    const { post, breakStore, log } = createHttpStack();
    breakStore('unavailable');
    const response = await post(VALID);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await readProblem(response)).toMatchObject({ status: 503 });
    expect(log).toEqual([expect.stringContaining('SubmitError')]);
  });

  it('fails with 500 and tells the log alone why', async () => {
    const { post, breakStore, log } = createHttpStack();
    breakStore('denied');
    expect(await readProblem(await post(VALID))).toMatchObject({ status: 500 });
    expect(log).toHaveLength(1);
  });

  it('fails with 422 for what the store cannot take', async () => {
    const { post, breakStore, log } = createHttpStack();
    breakStore('invalid');
    expect(await readProblem(await post(VALID))).toMatchObject({ status: 422 });
    expect(log).toEqual([]);
  });
});
