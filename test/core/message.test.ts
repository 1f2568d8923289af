import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeMessage, parseMessage } from '../../lib/core/index.ts';
import { checkProperty } from './property-settings.ts';

describe('messages', () => {
  test.each([
    [{ id: 'a' }, '{"v":1,"id":"a"}'],
    [{ id: 'a', dead: 3 }, '{"v":1,"id":"a","dead":3}'],
    [{ id: 'a', back: 2 }, '{"v":1,"id":"a","back":2}'],
    [{ id: 'é😀\u007f' }, '{"v":1,"id":"\\u00e9\\ud83d\\ude00\\u007f"}'],
  ])('%j is sent as ASCII', (message, body) => {
    expect(encodeMessage(message)).toBe(body);
    expect(parseMessage(body)).toEqual(message);
  });

  test('whatever the id, the body is ASCII and says the same', () => {
    const messages = fc.record(
      { id: fc.string({ unit: 'binary', minLength: 1 }), dead: fc.nat(), back: fc.nat() },
      { requiredKeys: ['id'] },
    );
    checkProperty(
      'messages survive their body',
      fc.property(messages, (message) => {
        const body = encodeMessage(message);
        expect(body).toMatch(/^[\x20-\x7e]+$/);
        expect(parseMessage(body)).toEqual(message);
      }),
      300,
    );
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"v":1'],
    ['null', 'null'],
    ['a text', '"v"'],
    ['no version', '{"id":"a"}'],
    ['another version', '{"v":2,"id":"a"}'],
    ['no id', '{"v":1}'],
    ['an empty id', '{"v":1,"id":""}'],
    ['a number as id', '{"v":1,"id":1}'],
    ['a text as attempt', '{"v":1,"id":"a","dead":"1"}'],
    ['a negative attempt', '{"v":1,"id":"a","dead":-1}'],
    ['half a hand-back', '{"v":1,"id":"a","back":0.5}'],
  ])('fails to read a body that holds %s', (_, body) => {
    expect(parseMessage(body)).toBeUndefined();
  });

  test('ignores fields that it does not know', () => {
    expect(parseMessage('{"v":1,"id":"a","status":"running"}')).toEqual({ id: 'a' });
  });
});
