import { describe, expect, test } from 'vitest';
import {
  claimedJob,
  createJob,
  DEFAULT_POLICY,
  decide,
  type Job,
  type JobEvent,
  type NewJob,
  PLAIN_DEFAULTS,
  type RunningJob,
  storedFrom,
} from '../../lib/core/index.ts';
import { encodeFields } from '../../lib/dynamodb/item.ts';
import { itemSizeOf } from '../../lib/dynamodb/item-size.ts';

const NOW = 1_732_420_800_123;

/** An order as a shop would send it. */
const ORDER = JSON.stringify({
  orderId: 'ord_01JDGQ5T8F3M7KX2',
  placedAt: '2024-11-24T04:02:11.482Z',
  customer: {
    id: 'cus_88213',
    name: 'Margarethe Österreicher-Lindqvist',
    email: 'margarethe.lindqvist@example.com',
    vatId: 'ATU12345678',
    locale: 'de-AT',
  },
  shipping: { street: 'Währinger Straße 148/2/17', postalCode: '1180', city: 'Wien', country: 'AT', express: false },
  billing: { street: 'Kärntner Ring 9', postalCode: '1010', city: 'Wien', country: 'AT', company: 'Lindqvist KG' },
  items: [
    { sku: 'LMP-2041-BLK', title: 'Schreibtischlampe, schwarz', quantity: 1, unitPriceCents: 8990, taxRate: 0.2 },
    { sku: 'CBL-0007-USB', title: 'USB-C-Kabel 2 m', quantity: 3, unitPriceCents: 1290, taxRate: 0.2 },
    { sku: 'BK-978-3-16', title: 'Die Verwandlung', quantity: 1, unitPriceCents: 1150, taxRate: 0.1 },
  ],
  payment: { method: 'sepa', mandate: 'MNDT-5591-20240311', amountCents: 14010, currency: 'EUR', paid: true },
  notes: 'Bitte beim Nachbarn (Tür 18) abgeben, falls niemand öffnet.',
  callbackUrl: 'https://shop.example.com/hooks/orders/ord_01JDGQ5T8F3M7KX2/fulfilled',
});

const sizeOf = (job: Job): number => itemSizeOf(encodeFields(job));

const claim = (job: Job, attempt: number): RunningJob =>
  claimedJob(job, {
    id: job.id,
    token: '7m2k9x4q0w8e6r5t',
    now: NOW + attempt * 60_000,
    solo: false,
    fitMs: undefined,
    leaseMarginMs: 5_000,
  });

const settle = (job: Job, event: JobEvent, attempt: number): Job => {
  const context = { now: NOW + attempt * 60_000 + 1_234, policy: DEFAULT_POLICY };
  const decision = decide(storedFrom(job), event, context);
  return decision.kind === 'change' ? decision.change.after : expect.fail(decision.reason);
};

const createOrderJob = (options: Partial<NewJob> = {}): Job =>
  createJob(
    {
      id: '01jdgq5t8f3m7kx2a9b4c6d8e0',
      type: 'fulfil-order',
      input: ORDER,
      dueAt: NOW,
      defaults: PLAIN_DEFAULTS(''),
      ...options,
    },
    { now: NOW, policy: DEFAULT_POLICY },
  ).job;

/** What the three writes of a job's plain life weigh. */
const measureLife = (submitted: Job): readonly number[] => {
  const running = claim(submitted, 1);
  const result = JSON.stringify({ shipmentId: 'shp_77120', carrier: 'post-at', parcels: 1, labelUrl: 'labels/77120' });
  return [submitted, running, settle(running, { name: 'complete', result }, 1)].map(sizeOf);
};

describe('a job with a typical input of 1 KB', () => {
  test('stays below 1 KB from its first write to its last, which halves the price of each', () => {
    expect(Buffer.byteLength(ORDER)).toBeGreaterThan(1_024);
    // 840, 899 and 981 bytes when this was written.
    expect(Math.max(...measureLife(createOrderJob()))).toBeLessThan(1_024);
  });

  test('stays below 1 KB until it is done with a group and an idempotency key too', () => {
    const options = { inputHash: '5d41402abc4b2a76b9719d911017c592', group: 'tenant-4711' };
    // 897, 956 and 1,038 bytes when this was written: the last write costs a unit more.
    const [submitted = 0, running = 0, completed = 0] = measureLife(createOrderJob(options));
    expect(Math.max(submitted, running)).toBeLessThan(1_024);
    expect(completed).toBeLessThan(1_100);
  });

  test('stays below 1.25 KB through all its retries', () => {
    let job = createOrderJob();
    const sizes: number[] = [];
    const error = { name: 'UpstreamError', message: 'The carrier answered 503 Service Unavailable: try again later.' };
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const running = claim(job, attempt);
      job = settle(running, { name: 'fail', error, permanent: false, delayMs: 2 ** attempt * 1_000 }, attempt);
      sizes.push(sizeOf(running), sizeOf(job));
    }
    expect(job).toMatchObject({ status: 'failed', attempt: 5 });
    // From 899 to 1,194 bytes when this was written.
    expect(Math.max(...sizes)).toBeLessThan(1_280);
  });
});

test.each([
  ['text in UTF-8', { name: 'Zürich' }, 4 + 7],
  ['a small number', { n: 7 }, 1 + 2],
  ['zeros at the end of a number, which cost nothing', { n: 1_700_000_000_000 }, 1 + 2],
  ['a negative number', { n: -1_234 }, 1 + 4],
  ['zero', { n: 0 }, 1 + 1],
  ['true and null', { t: true, n: null }, 2 + 2],
  ['a binary', { b: new Uint8Array(10) }, 1 + 10],
  ['a list', { l: ['a', 'bc'] }, 1 + 3 + 2 + 3],
  ['a map', { m: { a: 'x', b: 'yz' } }, 1 + 3 + 2 + 2 + 3],
])('an item weighs by the rule of DynamoDB: %s', (_, item, bytes) => {
  expect(itemSizeOf(item)).toBe(bytes);
});
