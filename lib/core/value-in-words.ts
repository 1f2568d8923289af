const MAX_LENGTH = 60;

/** A value as an error message can show it to whoever passed it: short, and never the inside of an object, which may be secret. */
export function valueInWords(value: unknown): string {
  if (typeof value === 'string') {
    const text = value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH)}…` : value;
    return JSON.stringify(text);
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
