import { describe, expect, it } from 'vitest';
import { createHttpStack, readProblem } from '../../http/memory-stack.ts';
import { INJECTIONS, LONE_SURROGATES, PROTOTYPE_KEYS } from '../arbitraries/hostile-texts.ts';
import { FUZZ, TEST_SEED } from '../settings.ts';
import { fuzzHttp } from './fuzz-http.ts';

const CASES = 10_000;

describe('requests that anybody may send', () => {
  it('are accepted as they are or refused with the reason, and never an error of the service', FUZZ, async () => {
    console.info(`fuzz http: ${CASES} requests, seed ${TEST_SEED}`);
    const { answers, accepted } = await fuzzHttp({ seed: TEST_SEED, cases: CASES });
    console.info(`fuzz http: ${JSON.stringify(answers)}`);
    expect(Object.values(answers).reduce((sum, count) => sum + count, 0)).toBe(CASES);
    expect(accepted).toBeGreaterThan(CASES / 20);
    expect(Object.keys(answers)).toEqual(expect.arrayContaining(['202', '400', '404', '405', '415', '422']));
  });
});

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const MB = 1_024 * 1_024;

describe('an input', () => {
  it.each<[string, string]>([
    ['prototype keys', JSON.stringify(Object.fromEntries(PROTOTYPE_KEYS.map((key) => [key, { [key]: 1 }])))],
    ['a key "__proto__" with a map', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'],
    ['expressions, paths and commands', JSON.stringify(INJECTIONS)],
    ['emoji, and text from right to left', '"é💥👨‍👩‍👧 \\u202eabc"'],
    ['NUL', '"a\\u0000b"'],
    ['lone surrogates', JSON.stringify(LONE_SURROGATES)],
    ['noncharacters', '"\\uffff\\ufeff"'],
    ['the largest double', '1.7976931348623157e308'],
    ['the smallest double', '5e-324'],
    ['the largest safe integer', '9007199254740991'],
    ['as many levels as are possible', nested(64)],
    ['nothing', 'null'],
    ['an empty text', '""'],
    ['keys that are empty', '{"":{"":0}}'],
  ])('comes back as it went in: %s', async (_, input) => {
    const { post, store, submitted } = createHttpStack();
    const response = await post(`{"type":"anything","input":${input}}`);
    expect(response.status).toBe(202);
    expect(JSON.stringify(JSON.parse(String(store.getRaw(submitted[0]?.id ?? '')?.['input'])))).toBe(
      JSON.stringify(JSON.parse(input)),
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each<[string, string | Uint8Array, number, string]>([
    ['10,000 levels', `{"type":"anything","input":${nested(10_000)}}`, 422, 'levels'],
    ['10,000 levels that are not closed', `{"type":"anything","input":${'['.repeat(10_000)}`, 400, 'not JSON'],
    ['10 MB', `{"type":"anything","input":"${'x'.repeat(10 * MB)}"}`, 413, 'bytes'],
    ['a text that no item can hold', `{"type":"anything","input":"${'x'.repeat(MB / 2)}"}`, 422, 'stored'],
    [
      'invalid UTF-8',
      Buffer.from([...Buffer.from('{"type":"anything","input":"'), 0xc3, 0x28, 0x22, 0x7d]),
      400,
      'UTF-8',
    ],
    ['NUL that is not escaped', '{"type":"anything","input":"\u0000"}', 400, 'not JSON'],
    ['a number beyond doubles', '{"type":"anything","input":1e400}', 422, '1e400'],
    [
      'a whole number that would be rounded',
      '{"type":"anything","input":{"a":[12345678901234567890]}}',
      422,
      '/input/a/0',
    ],
    ['a number with a million digits', `{"type":"anything","input":${'9'.repeat(MB - 100)}}`, 422, 'string'],
  ])('fails with the reason: %s', async (_, body, status, reason) => {
    const { post } = createHttpStack();
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(JSON.stringify(await readProblem(response))).toContain(reason);
  });
});
