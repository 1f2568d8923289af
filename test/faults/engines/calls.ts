import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writing } from '../../simulation/world/store-port.ts';
import type { Fate } from '../proxy/fault-proxy.ts';

/** What a process asks of a service in one step of its own; the client may need several requests for it. */
export interface Call {
  /** The occasion: `consumer-3/claim#1`. */
  readonly name: string;
  /** What befalls its next request. */
  readonly nextFate: () => Fate;
  /** Who writes what, if it is a write. */
  writing?: Writing;
}

/** The header by which a request tells the proxy of which call it is. */
const HEADER = 'x-call';

interface WithMiddleware {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { readonly request: unknown }) => Promise<object>,
      ) => (args: { readonly request: unknown }) => Promise<object>,
      options: { readonly step: 'build'; readonly name: string },
    ): void;
  };
}

/** Knows at the proxy of which call a request is, since each carries the number of its call. */
export class Calls {
  private readonly current = new AsyncLocalStorage<{ readonly call: Call; readonly number: number }>();
  private readonly open = new Map<number, Call>();
  private count = 0;

  /** Every request that a client sends on behalf of `act` is one of this call. */
  async run<Value>(call: Call, act: () => Promise<Value>): Promise<Value> {
    this.count += 1;
    const number = this.count;
    this.open.set(number, call);
    return await this.current.run({ call, number }, act);
  }

  /** Says whose write the requests of the current call are. */
  writeAs<Value>(writing: Writing, act: () => Value): Value {
    const current = this.current.getStore();
    if (current !== undefined) current.call.writing = writing;
    return act();
  }

  /** The call of a request; undefined for what nobody in the world asked for. A request that lands late still has its call. */
  of(headers: Readonly<Record<string, string | string[] | undefined>>): Call | undefined {
    return this.open.get(Number(headers[HEADER]));
  }

  /** Forgets all calls: those of another course. */
  clear(): void {
    this.open.clear();
  }

  /** Lets a client of the SDK say for which call it sends a request, behind its retries. */
  mark(client: object): void {
    (client as WithMiddleware).middlewareStack.add(
      (next) => (args) => {
        const current = this.current.getStore();
        const { headers } = args.request as { readonly headers: Record<string, string> };
        if (current !== undefined) headers[HEADER] = String(current.number);
        return next(args);
      },
      { step: 'build', name: 'mark-call' },
    );
  }
}
