import { NumberValue } from '@aws-sdk/lib-dynamodb';

/** DynamoDB's limit for an item. */
export const MAX_ITEM_BYTES = 400 * 1_024;

/**
 * What an item weighs by DynamoDB's own rule, names included. Source: "DynamoDB item sizes and formats" in the developer
 * guide; its sizes of numbers are given as about, so this is exact to a byte per number.
 */
export function itemSizeOf(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + sizeOf(value), 0);
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') {
    return Buffer.byteLength(value);
  }
  if (typeof value === 'number' || value instanceof NumberValue) {
    return sizeOfNumber(String(value));
  }
  if (value instanceof Uint8Array) {
    return value.length;
  }
  if (Array.isArray(value)) {
    return value.reduce<number>((bytes, element) => bytes + 1 + sizeOf(element), 3);
  }
  if (typeof value === 'object' && value !== null) {
    return 3 + Object.keys(value).length + itemSizeOf(value as Readonly<Record<string, unknown>>);
  }
  return 1;
}

/** A byte per two significant digits, one more for the number and one for a minus. */
function sizeOfNumber(text: string): number {
  const digits = text.replace(/[^\d]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
