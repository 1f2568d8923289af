import type { JobStore } from '../../../lib/core/index.ts';

/** A store, with what the suite needs to plant and to look at items past it. */
export interface StoreUnderTest {
  readonly store: JobStore;
  /** Puts an item as somebody with access to the table would: unchecked. Numbers beyond doubles come as bigints. */
  readonly putRaw: (item: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly deleteRaw: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export type GetStore = () => StoreUnderTest;

/** What a local engine lacks: comparing maps and lists with `=`, which DynamoDB does. */
export type StoreGap = 'equality-of-documents';
