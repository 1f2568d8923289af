import type { FinalStatus, LiveStatus } from '../core/index.ts';
import type { JobView as AnyJobView } from '../pipeline/index.ts';

declare const RESULT: unique symbol;

/**
 * The id of a job, which remembers the type of its result for the compiler. Any string fits: an id that comes from elsewhere is
 * one whose result is not known, unless the caller says what it is.
 */
export type JobId<Result = unknown> = string & { readonly [RESULT]?: Result };

type ViewOf<Own extends string, Result> = AnyJobView & { readonly id: JobId<Result>; readonly status: Own };
type Ended = { readonly finishedAt: string };

export type LiveJobView<Result = unknown> = ViewOf<LiveStatus, Result>;
export type CompletedJobView<Result = unknown> = ViewOf<'completed', Result> & Ended & { readonly result: Result };
export type FailedJobView<Result = unknown> = ViewOf<'failed', Result> &
  Ended & { readonly error: NonNullable<AnyJobView['error']> };
export type CanceledJobView<Result = unknown> = ViewOf<'canceled', Result> & Ended;

/** A job that has ended: `status` tells how, and only a completed one has a result. */
export type FinalJobView<Result = unknown> = CompletedJobView<Result> | FailedJobView<Result> | CanceledJobView<Result>;
/** A job as it stood when it was looked at. Times are ISO 8601 in UTC. */
export type JobView<Result = unknown> = LiveJobView<Result> | FinalJobView<Result>;

/** What comes back of a handler's output after it was kept as JSON: a `Date` as a string, nothing as null. */
export type ResultOf<Output> = [Output] extends [never] ? never : [Output] extends [undefined] ? null : JsonOf<Output>;

type Scalar = string | number | boolean | null | undefined;
type Unsayable = ((...args: never[]) => unknown) | symbol | bigint;

type JsonOf<Value> = unknown extends Value
  ? unknown
  : Value extends Scalar
    ? Value
    : Value extends { toJSON(): infer Json }
      ? JsonOf<Json>
      : Value extends Unsayable
        ? never
        : Value extends readonly unknown[]
          ? { [Index in keyof Value]: JsonOf<Value[Index]> }
          : { [Key in keyof Value as Key extends string | number ? Key : never]: JsonOf<Value[Key]> };

/** Every view of a final job carries what its status says: the store's reader rejects a job that does not. */
export function isFinalView(view: AnyJobView): view is FinalJobView {
  const final: readonly string[] = ['completed', 'failed', 'canceled'] satisfies FinalStatus[];
  return final.includes(view.status);
}
