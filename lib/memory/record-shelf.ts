import type { JobRecord } from './record.ts';

/** Records by id, and by lane beside it, so that looking into one lane does not mean looking at everything. */
export class RecordShelf {
  private readonly byId = new Map<string, JobRecord>();
  private readonly byLane = new Map<unknown, Map<string, JobRecord>>();

  get(id: string): JobRecord | undefined {
    return this.byId.get(id);
  }

  put(id: string, record: JobRecord): void {
    this.remove(id);
    this.byId.set(id, record);
    const lane = this.byLane.get(record['lane']) ?? new Map<string, JobRecord>();
    this.byLane.set(record['lane'], lane.set(id, record));
  }

  remove(id: string): void {
    this.byLane.get(this.byId.get(id)?.['lane'])?.delete(id);
    this.byId.delete(id);
  }

  all(): Iterable<JobRecord> {
    return this.byId.values();
  }

  inLane(lane: string): Iterable<JobRecord> {
    return this.byLane.get(lane)?.values() ?? [];
  }
}
