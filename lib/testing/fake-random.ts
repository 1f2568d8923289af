import type { Ids, Random } from '../core/index.ts';

/** Numbers that look random and are the same for the same seed (Mulberry32). */
export function createFakeRandom(seed = 1): Random {
  let state = seed >>> 0;
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** Ids that count: readable in a failed test, and the same in every run. */
export function createFakeIds(): Ids {
  let ids = 0;
  let tokens = 0;
  return {
    createId: () => {
      ids += 1;
      return `job-${String(ids).padStart(22, '0')}`;
    },
    createToken: () => {
      tokens += 1;
      return `token-${tokens}`;
    },
    digest: async (text) => [1, 2, 3, 4].map((salt) => hash(text, salt)).join(''),
  };
}

/** FNV-1a, salted. */
function hash(text: string, salt: number): string {
  let value = Math.imul(0x811c9dc5, salt);
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}
