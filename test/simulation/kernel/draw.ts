/** FNV-1a over UTF-16 code units, continued from an earlier hash. */
export function hashText(text: string, from = 0x811c9dc5): number {
  let hash = from;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Numbers that depend on a seed and a name only: what is drawn under one name does not move what another gets. */
export type Draw = (name: string) => number;

/** From 0 (included) to 1 (excluded). */
export function createDraw(seed: number): Draw {
  const start = mix((seed ^ 0x9e3779b9) >>> 0);
  return (name) => mix(hashText(name, start)) / 2 ** 32;
}

/** A whole number from least to most, both included. */
export function drawWhole(draw: Draw, name: string, least: number, most: number): number {
  return least + Math.floor(draw(name) * (most - least + 1));
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
