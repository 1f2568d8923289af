import { AccessError } from '../../../lib/core/index.ts';
import { MAX_LATE_LANDING_MS } from '../faults/fault-kinds.ts';
import type { FaultSource } from '../faults/fault-source.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Trace } from '../kernel/trace.ts';
import type { Process } from './process.ts';

/** How long one way takes at most, and after what time a client gives up. */
const WAY_MS = 12;
const CLIENT_TIMEOUT_MS = 3_000;
const SLOW_MS = 2_500;

export type Answer<Value> =
  | { readonly kind: 'answered'; readonly value: Value }
  | { readonly kind: 'unavailable'; readonly error: AccessError };

export interface Request<Value> {
  readonly method: string;
  /** What it is about, for the trace. */
  readonly about: string;
  /** Carries it out where it arrives, in one step. */
  readonly execute: () => Promise<Value>;
}

/** What a process asked of a service. */
export interface Asked {
  readonly process: Process;
  readonly method: string;
  readonly about: string;
}

/** What lies between processes and the services they use: everything takes time, and much can happen. */
export class Network {
  /** Requests that processes sent, by method. */
  readonly requests = new Map<string, number>();
  /** Told of every request as it is sent, and again when its process hears that there is no answer. */
  onAsked: (asked: Asked) => void = () => {};
  onUnanswered: (asked: Asked) => void = () => {};
  /** Requests that have yet to be carried out. */
  underWay = 0;
  private readonly scheduler: Scheduler;
  private readonly faults: FaultSource;
  private readonly trace: Trace;

  constructor(options: { readonly scheduler: Scheduler; readonly faults: FaultSource; readonly trace: Trace }) {
    this.scheduler = options.scheduler;
    this.faults = options.faults;
    this.trace = options.trace;
  }

  /** Never rejects. Without an answer, if the process dies before it comes. */
  request<Value>(process: Process, request: Request<Value>): Promise<Answer<Value>> {
    return new Promise((resolve) => {
      if (!process.isAlive) {
        return;
      }
      const { method, about } = request;
      const asked = { process, method, about };
      this.requests.set(method, (this.requests.get(method) ?? 0) + 1);
      const name = process.nextName(method);
      this.trace.add(`send ${name} ${about}`);
      this.onAsked(asked);
      const there = 1 + this.faults.detail(`${name}/there`) * WAY_MS;
      const back = 1 + this.faults.detail(`${name}/back`) * WAY_MS;
      const answer = (delayMs: number, given: Answer<Value>): void => {
        this.scheduler.after(delayMs, () =>
          process.deliver(() => {
            this.trace.add(`answer ${name} ${given.kind}`);
            if (given.kind === 'unavailable') {
              this.onUnanswered(asked);
            }
            resolve(given);
          }),
        );
      };
      const execute = (delayMs: number, then: (value: Value) => void): void => {
        this.underWay += 1;
        this.scheduler.after(delayMs, () => {
          this.underWay -= 1;
          this.trace.add(`do ${name}`);
          // It is done when the call returns; only the value comes with a promise.
          this.scheduler.follow(this.faults.land(name, request.execute), then);
        });
      };
      const giveUp = (delayMs = CLIENT_TIMEOUT_MS): void => answer(delayMs, unavailable(name));
      switch (this.faults.strike('request', name)) {
        case 'request-lost':
          giveUp();
          return;
        case 'answer-lost':
          execute(there, () => {});
          giveUp();
          return;
        case 'late-landing':
          execute(CLIENT_TIMEOUT_MS + this.faults.detail(`${name}/late`) * MAX_LATE_LANDING_MS, () => {});
          giveUp();
          return;
        case 'throttled':
          giveUp(there + back);
          return;
        case 'slow':
          execute(there, (value) => answer(this.faults.detail(`${name}/slow`) * SLOW_MS, answered(value)));
          return;
        case 'sent-twice':
          execute(there, () => {});
          execute(there + CLIENT_TIMEOUT_MS / 3, (value) => answer(back, answered(value)));
          return;
        case 'crash-before':
          process.die();
          return;
        case 'crash-after':
          execute(there, () => process.die());
          return;
        default:
          execute(there, (value) => answer(back, answered(value)));
      }
    });
  }
}

function answered<Value>(value: Value): Answer<Value> {
  return { kind: 'answered', value };
}

function unavailable(name: string): Answer<never> {
  return { kind: 'unavailable', error: new AccessError('unavailable', `Planted: no answer to ${name}.`) };
}
