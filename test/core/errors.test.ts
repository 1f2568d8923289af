import { describe, expect, test } from 'vitest';
import { AccessError, codeOf, InvalidDefinitionError, PermanentError, RetryLater } from '../../lib/core/index.ts';

describe('errors', () => {
  const cause = new Error('cause');

  test.each([
    [new InvalidDefinitionError('no', { cause }), 'InvalidDefinitionError', 'invalid-definition'],
    [new PermanentError('no', { cause }), 'PermanentError', 'permanent'],
    [new RetryLater('no', { cause, delaySeconds: 5 }), 'RetryLater', 'retry-later'],
    [new AccessError('denied', 'no', { cause }), 'AccessError', 'denied'],
  ])('%o has a name, a code and its cause', (error, name, code) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, code, message: 'no', cause });
    expect(codeOf(error)).toBe(code);
  });

  test('a chosen delay is kept', () => {
    expect(new RetryLater('later', { delaySeconds: 90 }).delaySeconds).toBe(90);
  });

  test.each([undefined, null, 'denied', 7, {}])('codeOf finds none in %j', (value) => {
    expect(codeOf(value)).toBeUndefined();
  });

  test('codeOf trusts the code, not the class: errors may come from another copy of the package', () => {
    expect(codeOf({ code: 'permanent' })).toBe('permanent');
  });
});
