/** An order as JSON, a little over 1 KB: real words and numbers, so that it compresses as real inputs do. */
export function createSampleInput(index: number): Readonly<Record<string, unknown>> {
  const lines = Array.from({ length: 8 }, (_, line) => ({
    sku: `SKU-${(index * 7919 + line * 104_729) % 1_000_000}`,
    title: ['Desk lamp', 'Oak shelf', 'Wool blanket', 'Paper notebook'][(index + line) % 4],
    quantity: 1 + ((index + line) % 5),
    unitPrice: ((index * 31 + line * 17) % 20_000) / 100,
  }));
  return {
    orderId: `A-${100_000 + index}`,
    customer: { id: `C-${(index * 48_611) % 100_000}`, name: 'Ada Lovelace', email: `ada.${index}@example.com` },
    shipTo: { street: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
    placedAt: new Date(1_790_000_000_000 + index * 60_000).toISOString(),
    lines,
    note: 'Please leave the parcel with the neighbours if nobody is at home.',
  };
}
