import { type Guard, seenFields } from '../core/index.ts';
import type { JobRecord } from './record.ts';

/** Whether a change may be written over a record, by the guard that it carries. */
export function admits(guard: Guard, record: JobRecord): boolean {
  switch (guard.kind) {
    case 'as-read':
      return seenFields(guard.seen).every((field) => isSame(record[field], guard.seen[field]));
    case 'own-run':
      return (
        record['status'] === 'running' &&
        record['attempt'] === guard.attempt &&
        record['token'] === guard.token &&
        (!guard.unlessCancelRequested || record['cancelRequested'] === undefined)
      );
    case 'dead-letter':
      return record['status'] === 'failed' && record['attempt'] === guard.attempt;
  }
}

/** Compares values of any shape, as stored; absent equals only absent. */
function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) {
    return true;
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return false;
  }
  const [names, others] = [Object.keys(left), Object.keys(right)];
  return (
    Array.isArray(left) === Array.isArray(right) &&
    names.length === others.length &&
    names.every((name) => isSame(Reflect.get(left, name), Reflect.get(right, name)))
  );
}
