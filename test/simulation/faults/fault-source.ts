import { createDraw, type Draw } from '../kernel/draw.ts';
import { type Scheduler, START_AT } from '../kernel/scheduler.ts';
import type { Trace } from '../kernel/trace.ts';
import { type FaultKind, isFaultKind, kindsAt, type Occasion } from './fault-kinds.ts';
import type { Plan } from './plan.ts';

/** Name of one fault: the occasion and the kind, `consumer-3/claim#1:answer-lost`. */
export type FaultName = string;

export interface FaultSourceOptions {
  readonly seed: number;
  readonly plan: Plan;
  /** Exactly these strike, and the plan is not asked: how a course is replayed, shrunk and searched. */
  readonly only?: ReadonlySet<FaultName> | undefined;
  readonly keepsOccasions?: boolean | undefined;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
}

/** Decides which occasions are struck by which faults. Each decision depends on the seed and its own name alone. */
export class FaultSource {
  /** In the order in which they struck. */
  readonly struck: FaultName[] = [];
  /** Where asked for: every occasion there was, so that each can be struck in turn. */
  readonly occasions: { readonly occasion: Occasion; readonly name: string }[] = [];
  /** Kinds that made a difference, as far as whoever carries them out can tell. */
  readonly effects = new Set<FaultKind>();
  /** The request that is being carried out. */
  landing: string | undefined;
  private readonly options: FaultSourceOptions;
  private readonly draw: Draw;
  private readonly kinds = new Map<Occasion, readonly FaultKind[]>();

  constructor(options: FaultSourceOptions) {
    this.options = options;
    this.draw = createDraw(options.seed);
  }

  /** The first kind of fault that strikes here, if any does; at most one, so that what happens can be told. */
  strike(occasion: Occasion, name: string): FaultKind | undefined {
    this.remember(occasion, name);
    const kind = this.kindsOf(occasion).find((candidate) => this.isStruck(candidate, name));
    if (kind !== undefined) {
      this.note(kind, name);
    }
    return kind;
  }

  /** Every kind that strikes here: for occasions whose faults do not exclude each other. */
  strikeAll(occasion: Occasion, name: string): ReadonlySet<FaultKind> {
    this.remember(occasion, name);
    const kinds = this.kindsOf(occasion).filter((candidate) => this.isStruck(candidate, name));
    for (const kind of kinds) {
      this.note(kind, name);
    }
    return new Set(kinds);
  }

  /** Whether anything can strike there in this course. */
  mayStrike(occasion: Occasion): boolean {
    return this.kindsOf(occasion).length > 0;
  }

  /** A detail of a fault, or of the world: how long, how late. From 0 (included) to 1 (excluded). */
  detail(name: string): number {
    return this.draw(name);
  }

  /** Carries a request out, so that what it writes can be told to be its doing; it must be done when the call returns. */
  land<Value>(name: string, execute: () => Value): Value {
    this.landing = name;
    const value = execute();
    this.landing = undefined;
    return value;
  }

  private remember(occasion: Occasion, name: string): void {
    if (this.options.keepsOccasions === true) {
      this.occasions.push({ occasion, name });
    }
  }

  private note(kind: FaultKind, name: string): void {
    this.struck.push(`${name}:${kind}`);
    this.options.trace.add(`fault ${name}:${kind}`);
  }

  private isStruck(kind: FaultKind, name: string): boolean {
    const { only, plan, scheduler } = this.options;
    if (only !== undefined) {
      return only.has(`${name}:${kind}`);
    }
    const at = scheduler.now - START_AT;
    if (at >= plan.stopAt) {
      return false;
    }
    const rate = plan.rates.get(kind) ?? 0;
    return (
      (rate > 0 && this.draw(`${name}:${kind}`) < rate) ||
      plan.windows.some(
        (window) =>
          window.kind === kind &&
          at >= window.from &&
          at < window.until &&
          (window.of === undefined || name.includes(window.of)),
      )
    );
  }

  /** Kinds that can strike at all, so that nothing is drawn for the others. */
  private kindsOf(occasion: Occasion): readonly FaultKind[] {
    const known = this.kinds.get(occasion);
    if (known !== undefined) {
      return known;
    }
    const { only, plan } = this.options;
    const wanted =
      only === undefined
        ? new Set([...plan.rates.keys(), ...plan.windows.map(({ kind }) => kind)])
        : new Set([...only].map((name) => name.slice(name.lastIndexOf(':') + 1)).filter(isFaultKind));
    const kinds = kindsAt(occasion).filter((kind) => wanted.has(kind));
    this.kinds.set(occasion, kinds);
    return kinds;
  }
}
