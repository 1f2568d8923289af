import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Below this, deflate gains too little to make a readable attribute unreadable. */
const MIN_PACKED_BYTES = 200;
/** What packing must leave at most: every write is billed by the whole KB, but a person can read text only. */
const MAX_PACKED_RATIO = 0.8;
/** No text longer than this is unpacked: a few KB in the table must not fill a function's memory. */
const MAX_TEXT_BYTES = 16 * 1_024 * 1_024;

/** JSON text as it is stored: itself, or packed (raw deflate) where that is clearly smaller. */
export function packText(text: string): string | Uint8Array {
  const bytes = Buffer.byteLength(text);
  if (bytes < MIN_PACKED_BYTES || bytes > MAX_TEXT_BYTES) {
    return text;
  }
  const packed = deflateRawSync(text);
  return packed.length <= bytes * MAX_PACKED_RATIO ? packed : text;
}

/** The text of a stored value; what no text was packed into stays as it is. */
export function unpackText(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) {
    return value;
  }
  try {
    const bytes = inflateRawSync(value, { maxOutputLength: MAX_TEXT_BYTES });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return value;
  }
}
