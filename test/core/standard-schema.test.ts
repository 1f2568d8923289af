import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type SchemaIssue, type StandardSchema, validate } from '../../lib/core/index.ts';

const schemaWith = (issue: SchemaIssue): StandardSchema => ({
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [issue] }) },
});

describe('validate', () => {
  test('returns what the schema made of the value', async () => {
    const schema = z.object({ seconds: z.string().transform(Number) });

    expect(await validate(schema, { seconds: '2' })).toEqual({ kind: 'valid', value: { seconds: 2 } });
  });

  test('waits for schemas that take their time', async () => {
    const schema = z.string().refine(async (value) => value !== 'taken', 'is taken');

    expect(await validate(schema, 'free')).toEqual({ kind: 'valid', value: 'free' });
    expect(await validate(schema, 'taken')).toEqual({
      kind: 'invalid',
      issues: [{ pointer: '', message: 'is taken' }],
    });
  });

  test('names the place of each issue by a JSON pointer', async () => {
    const schema = z.object({ rows: z.array(z.object({ 'a/b~c': z.number() })) });

    const validated = await validate(schema, { rows: [{ 'a/b~c': 1 }, { 'a/b~c': 'x' }] });

    expect(validated).toMatchObject({ kind: 'invalid', issues: [{ pointer: '/rows/1/a~1b~0c' }] });
  });

  test.each([
    ['no path', undefined, ''],
    ['segments as objects', [{ key: 'a' }, { key: 0 }], '/a/0'],
    ['a symbol', [Symbol('s')], '/Symbol(s)'],
  ])('reads a path of %s', async (_, path, pointer) => {
    expect(await validate(schemaWith({ message: 'no', path }), 1)).toEqual({
      kind: 'invalid',
      issues: [{ pointer, message: 'no' }],
    });
  });
});
