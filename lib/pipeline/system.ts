import type { Clock, Ids, Random } from '../core/index.ts';

/** The machine's own clock, random source and ids; simulations pass their own. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, delayMs));
      signal?.addEventListener('abort', done);
    }),
};

export const systemRandom: Random = { next: () => Math.random() };

/** Crockford's alphabet: no letters that look like digits, and it sorts as the numbers do. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ids of 26 characters: 10 of time, 16 of randomness, so that jobs of one moment sort together and never collide. */
export function createIds(clock: Clock): Ids {
  return {
    createId: () => encodeTime(clock.now()) + encodeBytes(crypto.getRandomValues(new Uint8Array(16))),
    createToken: () => encodeBytes(crypto.getRandomValues(new Uint8Array(16))),
    digest: async (text) => {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
      return encodeBytes(new Uint8Array(digest));
    },
  };
}

function encodeTime(now: number): string {
  let rest = now;
  let text = '';
  for (let place = 0; place < 10; place += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Five bits of every byte, so one character each. */
function encodeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % 32)).join('');
}
