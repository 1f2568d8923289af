import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ColumnResult, ColumnSummary } from '../../../../functions/jobs/summarize-csv/column-summary.ts';
import { compareByCodePoint } from '../../../../functions/jobs/summarize-csv/text-values.ts';

const columnOf = (...values: readonly string[]): ColumnResult => {
  const column = new ColumnSummary('value');
  for (const value of values) column.add(value);
  return column.toResult();
};

describe('type of a column', () => {
  test.each([
    ['number', ['1', '-2.5', '+3', '.5', '5.', '007', '1e3', '-1.5E-7', '']],
    ['boolean', ['true', 'false', 'TRUE', 'False', '']],
    ['date', ['2024-02-29', '0000-01-01', '9999-12-31', '']],
    ['date', ['2024-01-31T23:59', '2024-01-31T23:59:59', '2024-01-31T00:00:00.123456789']],
    ['date', ['2024-01-31T00:00Z', '2024-01-31T00:00:00+05:30', '2024-01-31T00:00:00.5-23:59']],
    ['text', ['1', 'true']],
    ['text', ['true', '0']],
    ['text', ['2024-01-31', '1']],
    ['text', ['', '']],
    ['text', []],
  ])('is %s for %j', (type, values) => {
    expect(columnOf(...values).type).toBe(type);
  });

  test.each(['0x10', 'Infinity', 'NaN', '1e999', '1,5', '1 000', ' 1', '1 ', '.', '-', 'e5', '1e', '--1', '１'])(
    'is text for %j, which is no number',
    (value) => {
      expect(columnOf('1', value).type).toBe('text');
    },
  );

  test.each(['yes', 't', 'true ', 'truefalse'])('is text for %j, which is no boolean', (value) => {
    expect(columnOf('true', value).type).toBe('text');
  });

  test.each([
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-00-10',
    '2024-13-01',
    '2024-01-00',
    '2024-1-1',
    '2024-01',
    '20240131',
    '2024-W05-3',
    '2024-031',
    '31.01.2024',
    '2024-01-31 10:00',
    '2024-01-31T24:00',
    '2024-01-31T10:60',
    '2024-01-31T10:00:60',
    '2024-01-31T10',
    '2024-01-31Z',
    '2024-01-31T10:00+0200',
    '2024-01-31T10:00+24:00',
    '2024-01-31t10:00z',
  ])('is text for %j, which is no date', (value) => {
    expect(columnOf('2024-02-29', value).type).toBe('text');
  });
});

describe('a column of numbers', () => {
  test('has the mean of its values', () => {
    expect(columnOf('1', '2', '', '6')).toEqual({
      name: 'value',
      type: 'number',
      count: 3,
      nulls: 1,
      distinct: 3,
      min: 1,
      max: 6,
      mean: 3,
    });
  });

  test('compares as numbers, not as texts', () => {
    expect(columnOf('10', '9', '-1')).toMatchObject({ min: -1, max: 10 });
  });

  test('counts a value once however it is written', () => {
    expect(columnOf('1', '1.0', '+1', '01', '1e0', '10e-1', '.1e1').distinct).toBe(1);
    expect(columnOf('0', '-0', '0.00', '0e7').distinct).toBe(1);
    expect(columnOf('1', '-1', '10', '0.1', '11').distinct).toBe(5);
  });

  test('tells numbers apart that one double stands for', () => {
    expect(columnOf('9007199254740992', '9007199254740993').distinct).toBe(2);
  });

  test('has no negative zero', () => {
    expect(columnOf('-0')).toMatchObject({ min: 0, max: 0, mean: 0 });
  });

  test('adds without losing small values', () => {
    expect(columnOf('1e16', ...Array.from({ length: 1000 }, () => '1'), '-1e16').mean).toBe(1000 / 1002);
    expect(columnOf(...Array.from({ length: 10 }, () => '0.1')).mean).toBe(0.1);
  });

  test('has a mean even where the sum is beyond the largest number', () => {
    expect(columnOf('1.5e308', '1.5e308', '1.5e308').mean).toBeCloseTo(1.5e308, -300);
  });

  test('agrees with a plain computation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 }),
        (numbers) => {
          const column = columnOf(...numbers.map(String));

          expect(column.min).toBe(Math.min(...numbers) + 0);
          expect(column.max).toBe(Math.max(...numbers) + 0);
          expect(column.distinct).toBe(new Set(numbers).size);
          expect(column.mean).toBeCloseTo(numbers.reduce((sum, number) => sum + number, 0) / numbers.length, 4);
        },
      ),
    );
  });
});

describe('a column of booleans', () => {
  test.each([
    [['true'], true, true, 1],
    [['false'], false, false, 1],
    [['true', 'FALSE', 'True'], false, true, 2],
  ])('of %j goes from %s to %s', (values, min, max, distinct) => {
    expect(columnOf(...values)).toMatchObject({ min, max, distinct });
  });
});

describe('a column of dates', () => {
  test('compares instants and reports them as written', () => {
    const values = ['2024-01-01T00:30:00+01:00', '2024-01-01', '2023-12-31T23:45:00Z', '2024-01-01T00:00:00.0001'];

    expect(columnOf(...values)).toMatchObject({ min: values[0], max: values[3], distinct: 4 });
  });

  test('counts a moment once however it is written', () => {
    const values = ['2024-01-01', '2024-01-01T00:00', '2024-01-01T00:00:00.000Z', '2024-01-01T02:00:00+02:00'];

    expect(columnOf(...values)).toMatchObject({ min: values[0], max: values[0], distinct: 1 });
  });

  test('orders the first and the last years', () => {
    const values = [
      '0000-01-01T00:00:00+23:59',
      '0000-01-01',
      '0099-01-01',
      '1969-12-31T23:59:59.9',
      '9999-12-31T23:59-23:59',
    ];

    expect(columnOf(...values.toReversed())).toMatchObject({ min: values[0], max: values[4], distinct: 5 });
  });
});

describe('a column of texts', () => {
  test('compares by code point', () => {
    expect(columnOf('\u{1F642}', '\uFFFD', 'é', 'z', 'Z')).toMatchObject({ min: 'Z', max: '\u{1F642}' });
  });

  test('orders as the code points do', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '\uE000', '\uFFFF', '\u{10000}', '\u{10FFFF}'),
      maxLength: 4,
    });

    fc.assert(
      fc.property(text, text, (left, right) => {
        const [a, b] = [left, right].map((value) => Buffer.from(value));
        expect(Math.sign(compareByCodePoint(left, right))).toBe(Buffer.compare(a ?? Buffer.of(), b ?? Buffer.of()));
      }),
    );
  });
});
