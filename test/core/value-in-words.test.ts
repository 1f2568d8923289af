import { expect, test } from 'vitest';
import { valueInWords } from '../../lib/core/index.ts';

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [5, '5'],
  [true, 'true'],
  ['a "b"', '"a \\"b\\""'],
  ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
  [[1], 'a list'],
  [{ password: 'secret' }, 'an object'],
  [() => 1, 'a function'],
  [Symbol('s'), 'Symbol(s)'],
])('shows %j without what is inside of it', (value, words) => {
  expect(valueInWords(value)).toBe(words);
});
