import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { restoreKey } from './prototype-keys.ts';

/**
 * DynamoDB's numbers have up to 38 digits, JavaScript's doubles about 16. A number that a double would round must not look
 * like one: it would be written back changed, and a condition on what was read would never hold. So the client reads every
 * number as its text, and only what survives the way there and back becomes a JavaScript number.
 */
export function toExactNumber(value: NumberValue): number | NumberValue {
  const text = value.toString();
  const number = Number(text);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER && isSameNumber(text, String(number)) ? number : value;
}

/** A stored value with all its keys and exact numbers as such, however deep; what JSON would write the same way is exact here. */
export function toPlainValue(value: unknown): unknown {
  if (value instanceof NumberValue) {
    const text = value.toString();
    const number = Number(text);
    return Number.isFinite(number) && isSameNumber(text, String(number)) ? number : value;
  }
  if (Array.isArray(value)) {
    return value.map(toPlainValue);
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [restoreKey(key), toPlainValue(inner)]));
  }
  return value;
}

function isSameNumber(left: string, right: string): boolean {
  return left === right || toCanonical(left) === toCanonical(right);
}

/** Digits without leading and trailing zeros, and the power of ten of the last one. */
function toCanonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${sign}${significant}e${power}`;
}
