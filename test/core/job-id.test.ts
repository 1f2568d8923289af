import { expect, test } from 'vitest';
import { isStorableId, MAX_ID_BYTES } from '../../lib/core/index.ts';

test.each([
  ['an id', '01hq', true],
  ['the longest id', 'x'.repeat(MAX_ID_BYTES), true],
  ['a whole surrogate pair', '😀', true],
  ['nothing', '', false],
  ['a byte too many', 'x'.repeat(MAX_ID_BYTES + 1), false],
  ['few characters of many bytes', 'é'.repeat(MAX_ID_BYTES / 2 + 1), false],
  ['half of a surrogate pair', 'a\ud83d', false],
])('an id that is %s', (_, id, isStorable) => {
  expect(isStorableId(id)).toBe(isStorable);
});
