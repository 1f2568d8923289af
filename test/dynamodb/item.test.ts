import { NumberValue } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEntry, JobFields } from '../../lib/core/index.ts';
import { encodeClaimEntry } from '../../lib/dynamodb/history-entries.ts';
import { type Attributes, decodeItem, encodeFields } from '../../lib/dynamodb/item.ts';
import { packText, unpackText } from '../../lib/dynamodb/packed-text.ts';

const NOW = 1_732_420_800_123;

/** What the client makes of an item: every number comes as its text. */
const asRead = (item: Attributes): Attributes =>
  JSON.parse(JSON.stringify(item), (_key, value) => (typeof value === 'number' ? NumberValue.from(value) : value));

describe('an item', () => {
  test('has the fields as attributes, and an expiry in whole seconds', () => {
    const fields: Partial<JobFields> = {
      id: 'job-1',
      status: 'failed',
      input: '{"seconds":1}',
      attempt: 2,
      solo: false,
      suspect: true,
      error: { name: 'Error', message: 'no luck', attempt: 2, at: NOW },
      expiresAt: NOW,
    };
    expect(encodeFields(fields)).toEqual({ ...fields, expiresAt: 1_732_420_801 });
    expect(decodeItem(asRead(encodeFields(fields)))).toEqual({ ...fields, expiresAt: 1_732_420_801_000 });
  });

  test('has no attribute for what is undefined', () => {
    const fields: object = { id: 'job-1', token: undefined };
    expect(encodeFields(fields)).toEqual({ id: 'job-1' });
  });

  test('keeps a history in short texts', () => {
    const history: readonly HistoryEntry[] = [
      { status: 'dispatched', at: NOW, attempt: 0 },
      { status: 'running', at: NOW + 1, attempt: 1 },
      { status: 'queued', at: NOW + 2, attempt: 1, detail: 'Error: with a\nline and a .dot' },
      { status: 'canceled', at: 0, attempt: 12, detail: '' },
      { status: 'dispatched', at: 1, attempt: 12, detail: 'retry of mine', token: 'token-7' },
      { status: 'canceled', at: 2, attempt: 12, token: '4k0q9w' },
    ];
    const { history: stored } = encodeFields({ history });
    expect(stored).toEqual([
      'dm3v2m4jf.0',
      'rm3v2m4jg.1',
      'qm3v2m4jh.1 Error: with a\nline and a .dot',
      'x0.12 ',
      'd1.12~token-7 retry of mine',
      'x2.12~4k0q9w',
    ]);
    expect(decodeItem({ history: stored })).toEqual({ history });
  });

  test('gives the entry of a claim the attempt of the job, and drops what is more than core keeps', () => {
    const old = Array.from({ length: 10 }, (_, attempt): HistoryEntry => ({ status: 'queued', at: NOW, attempt }));
    const stored = { attempt: NumberValue.from(7), history: [...(encodeFields({ history: old })['history'] ?? [])] };
    stored.history.push(encodeClaimEntry(NOW));
    expect(decodeItem(stored)).toEqual({
      attempt: 7,
      history: [...old.slice(1), { status: 'running', at: NOW, attempt: 7 }],
    });
  });

  test.each([['none'], [[5, 'nonsense', 'z123.1', ['queued', NOW]]], [{ a: 1 }]])(
    'leaves a history that is none as it is: %j',
    (history) => {
      expect(decodeItem({ history })).toEqual({ history });
    },
  );

  test('is not fooled by an attribute named like a prototype', () => {
    const item = JSON.parse('{"id":"a","__proto__":{"status":"queued"}}') as Attributes;
    expect(decodeItem(item)['status']).toBeUndefined();
  });
});

describe('a number', () => {
  test.each([
    ['0', 0],
    ['1732420800123', NOW],
    ['1.5', 1.5],
    ['0.1', 0.1],
    ['-5', -5],
    ['1E+3', 1_000],
    ['0.0000001', 1e-7],
    ['00012.500', 12.5],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s is exact', (text, number) => {
    expect(decodeItem({ attempt: NumberValue.from(text) })).toEqual({ attempt: number });
  });

  test.each([
    '9007199254740992',
    '9007199254740993',
    '1e30',
    '12345678901234567890123456789012345678',
    '0.1000000000000000000001',
    '1e-400',
    '1e400',
  ])('%s stays what was stored', (text) => {
    const value = NumberValue.from(text);
    expect(decodeItem({ attempt: value })).toEqual({ attempt: value });
  });

  test('is exact in an input where JSON says the same, and only there a large one', () => {
    const big = NumberValue.from('12345678901234567890123');
    const item = { input: { a: NumberValue.from('1000000000000000000000'), b: [NumberValue.from('2.5')], c: big } };
    expect(decodeItem(item)).toEqual({ input: { a: 1e21, b: [2.5], c: big } });
  });

  test('stays as it came inside what a condition compares', () => {
    const status = { level: NumberValue.from('5') };
    expect(decodeItem({ status })).toEqual({ status });
  });

  test('survives its way through an item, whichever double it is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const plain = Object.is(number, -0) ? 0 : number;
        expect(decodeItem({ input: [NumberValue.from(String(number))] })).toEqual({ input: [plain] });
      }),
    );
  });
});

describe('a text', () => {
  const rows = JSON.stringify(Array.from({ length: 30 }, (_, row) => ({ row, city: 'Zürich', name: '👩‍🚀' })));

  test('is packed where that makes it clearly smaller', () => {
    const packed = packText(rows);
    expect(packed).toBeInstanceOf(Uint8Array);
    expect(packed.length).toBeLessThan(Buffer.byteLength(rows) / 2);
    expect(unpackText(packed)).toBe(rows);
    expect(decodeItem(encodeFields({ input: rows, result: rows, progress: rows }))).toEqual({
      input: rows,
      result: rows,
      progress: rows,
    });
  });

  test('stays readable where packing gains little', () => {
    const short = JSON.stringify({ name: 'x'.repeat(150) });
    const noise = Array.from({ length: 300 }, (_, index) =>
      String.fromCodePoint(33 + (((index * index * 7_919) % 8_191) % 94)),
    );
    expect([short, noise.join('')].map(packText)).toEqual([short, noise.join('')]);
  });

  test('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(decodeItem(encodeFields({ input: text }))).toEqual({ input: text });
      }),
    );
    const bom = JSON.stringify('\ufeff'.repeat(300));
    expect(unpackText(packText(bom))).toBe(bom);
  });

  test('is not unpacked from a binary that is none of ours, or that would fill the memory', () => {
    const bomb = packText('0'.repeat(16 * 1_024 * 1_024));
    expect(bomb).toBeInstanceOf(Uint8Array);
    for (const binary of [new Uint8Array([1, 2, 3]), new Uint8Array(0)]) {
      expect(unpackText(binary)).toBe(binary);
    }
    expect(unpackText(bomb)).toHaveLength(16 * 1_024 * 1_024);
    const huge = '0'.repeat(16 * 1_024 * 1_024 + 1);
    expect(packText(huge)).toBe(huge);
  });
});
