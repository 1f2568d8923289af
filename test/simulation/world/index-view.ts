import { type DueIds, type DuePage, isLiveLane } from '../../../lib/core/index.ts';
import { findDueIds, type JobRecord } from '../../../lib/memory/index.ts';
import { type FaultKind, MAX_INDEX_LAG_MS } from '../faults/fault-kinds.ts';
import type { FaultSource } from '../faults/fault-source.ts';
import type { Scheduler } from '../kernel/scheduler.ts';

/** An index is written soon after its item. */
const USUAL_LAG_MS = 10;

interface Entry {
  readonly id: string;
  readonly lane: unknown;
  readonly nextAt: unknown;
}

/** The index as readers see it: it follows the items, late, and each entry at its own pace. In the end it always agrees. */
export class IndexView {
  private readonly entries = new Map<string, Entry>();
  /** How often an entry was changed; a change that comes late never undoes a newer one. */
  private readonly versions = new Map<string, number>();
  private readonly shown = new Map<string, number>();
  /** Entries that are not as their items are, and by which kind of fault. */
  private readonly stale = new Map<string, FaultKind>();
  private readonly scheduler: Scheduler;
  private readonly faults: FaultSource;

  constructor(options: { readonly scheduler: Scheduler; readonly faults: FaultSource }) {
    this.scheduler = options.scheduler;
    this.faults = options.faults;
  }

  /** A record was put; an entry whose fields did not change needs no write. */
  follow(after: JobRecord, before: JobRecord | undefined): void {
    if (before !== undefined && before['lane'] === after['lane'] && before['nextAt'] === after['nextAt']) {
      return;
    }
    const id = String(after['id']);
    const version = (this.versions.get(id) ?? 0) + 1;
    this.versions.set(id, version);
    const name = `index/${id}#${version}`;
    const kind = this.faults.strike('index', name);
    const lateMs = kind === undefined ? USUAL_LAG_MS : this.faults.detail(`${name}/lag`) * MAX_INDEX_LAG_MS;
    if (kind !== undefined) {
      this.stale.set(id, kind);
    }
    if (kind === 'index-missing') {
      this.entries.delete(id);
    }
    const entry = { id, lane: after['lane'], nextAt: after['nextAt'] };
    this.scheduler.after(lateMs, () => {
      if (version > (this.shown.get(id) ?? 0)) {
        this.shown.set(id, version);
        this.entries.set(id, entry);
        this.stale.delete(id);
      }
    });
  }

  findDue(page: DuePage): DueIds {
    for (const kind of this.stale.values()) {
      this.faults.effects.add(kind);
    }
    return findDueIds(this.entries.values() as Iterable<object> as Iterable<JobRecord>, page);
  }

  /** When the next entry of a live lane is due, so that nobody need look before. */
  earliestLive(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { lane, nextAt } of this.entries.values()) {
      if (typeof lane === 'string' && isLiveLane(lane) && typeof nextAt === 'number') {
        earliest = Math.min(earliest, nextAt);
      }
    }
    return earliest;
  }
}
