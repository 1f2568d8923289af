import { createDraw, drawWhole, hashText } from '../kernel/draw.ts';
import { FAULT_KINDS, FAULT_NAMES, type FaultKind } from './fault-kinds.ts';

/** A time in which every occasion is struck. Milliseconds since the start. */
export interface Window {
  readonly kind: FaultKind;
  readonly from: number;
  readonly until: number;
  /** Only occasions whose name contains this. */
  readonly of?: string;
}

/** How often each kind strikes, and when it strikes always. No fault strikes after `stopAt`. */
export interface Plan {
  readonly rates: ReadonlyMap<FaultKind, number>;
  readonly windows: readonly Window[];
  readonly stopAt: number;
}

export interface PlanShape {
  /** Milliseconds since the start. */
  readonly stopAt: number;
  /** How long the jobs keep the installation busy: in that time windows open. Milliseconds. Default: 20,000. */
  readonly busyMs?: number;
  /** Struck in every run, besides what is drawn. */
  readonly windows?: readonly Window[];
  /** Kinds that spoil what a scenario is about. */
  readonly without?: readonly FaultKind[];
}

const MINUTE_MS = 60_000;
const BUSY_MS = 20_000;
/** Out of so many seeds one gets no drawn faults at all: the scenario itself must work. */
const QUIET_SHARE = 0.05;

/** Of a scenario under a seed: some kinds of fault, some rare and some frequent, and now and then a minute in which one of them always strikes. */
export function drawPlan(scenario: string, seed: number, shape: PlanShape): Plan {
  const draw = createDraw(hashText(scenario, seed));
  const rates = new Map<FaultKind, number>();
  const windows = [...(shape.windows ?? [])];
  if (draw('plan/quiet') >= QUIET_SHARE) {
    // Many kinds at once drown each other; a few at a time go deeper.
    const share = draw('plan/share') ** 2;
    for (const kind of FAULT_NAMES.filter((name) => shape.without?.includes(name) !== true)) {
      if (draw(`plan/${kind}/on`) < 0.1 + share * 0.6) {
        rates.set(kind, FAULT_KINDS[kind].maxRate * draw(`plan/${kind}/rate`));
      } else if (draw(`plan/${kind}/window`) < 0.03) {
        const from = drawWhole(draw, `plan/${kind}/from`, 0, shape.busyMs ?? BUSY_MS);
        windows.push({ kind, from, until: from + MINUTE_MS });
      }
    }
  }
  return { rates, windows, stopAt: shape.stopAt };
}
