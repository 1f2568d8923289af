import fc from 'fast-check';
import { type JobEvent, MAX_QUEUE_DELAY_MS, type RunEvent, UNKNOWN_TYPE_PATIENCE_MS } from '../../../lib/core/index.ts';

/** Something that the world does to a job. Numbers pick one of what is there: a worker's copy, an earlier read. */
export type Action =
  | { readonly kind: 'wait'; readonly ms: number }
  /** Time passes until somebody must look at the job. */
  | { readonly kind: 'wait-until-due' }
  /** Somebody reads the job and takes his time with what he is about to decide. */
  | { readonly kind: 'read' }
  /** Decided on what was read just now, or on an earlier read. The attempt of a redrive says by how many the letter is behind. */
  | { readonly kind: 'steer'; readonly event: Exclude<JobEvent, RunEvent>; readonly read: 'now' | number }
  | {
      readonly kind: 'claim';
      readonly solo: boolean;
      readonly fitMs: number | undefined;
      readonly isAnswerLost: boolean;
    }
  /** A worker tells about a run that it claimed, perhaps long ago; or somebody makes up a token or an attempt. */
  | {
      readonly kind: 'settle';
      readonly run: number;
      readonly event: RunEvent;
      readonly forged: 'no' | 'token' | 'attempt';
    };

const delays = fc.oneof(
  fc.nat(5_000),
  fc.nat(MAX_QUEUE_DELAY_MS + 1),
  fc.constantFrom(0, MAX_QUEUE_DELAY_MS, MAX_QUEUE_DELAY_MS + 1, 86_400_000),
);

const jsonTexts = fc.constantFrom('1', '{"done":true}');

const runEvents: fc.Arbitrary<RunEvent> = fc.oneof(
  { arbitrary: fc.record({ name: fc.constant('complete' as const), result: jsonTexts }), weight: 2 },
  {
    arbitrary: fc.record({
      name: fc.constant('fail' as const),
      error: fc.constantFrom({ name: 'Error', message: 'no luck' }, { name: '', message: '' }),
      permanent: fc.boolean(),
      delayMs: delays,
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ name: fc.constant('unknown-type' as const), delayMs: delays }), weight: 2 },
  { arbitrary: fc.constant({ name: 'interrupt' as const }), weight: 1 },
  { arbitrary: fc.record({ name: fc.constant('progress' as const), value: jsonTexts }), weight: 2 },
);

const steerEvents: fc.Arbitrary<Exclude<JobEvent, RunEvent>> = fc.oneof(
  { arbitrary: fc.constant({ name: 'sweep' as const }), weight: 8 },
  { arbitrary: fc.constant({ name: 'cancel' as const }), weight: 5 },
  { arbitrary: fc.constant({ name: 'retry' as const }), weight: 2 },
  {
    arbitrary: fc.record({ name: fc.constant('redrive' as const), attempt: fc.constantFrom(0, 0, 0, 1, 2) }),
    weight: 3,
  },
  { arbitrary: fc.constant({ name: 'postpone' as const }), weight: 3 },
  { arbitrary: fc.constant({ name: 'send-failed' as const }), weight: 2 },
  {
    arbitrary: fc.record({
      name: fc.constant('reject' as const),
      problem: fc.constant('it is too large'),
      dropInput: fc.boolean(),
    }),
    weight: 2,
  },
);

/** Whole numbers up to 3 or so: what is picked is nearly always something recent. */
const picks = fc.nat(3);

const singleActions: fc.Arbitrary<Action> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(4_000_000) }), weight: 1 },
  { arbitrary: fc.constant({ kind: 'wait-until-due' as const }), weight: 4 },
  { arbitrary: fc.constant({ kind: 'read' as const }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant('steer' as const),
      event: steerEvents,
      read: fc.oneof({ arbitrary: fc.constant('now' as const), weight: 4 }, { arbitrary: picks, weight: 1 }),
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      solo: fc.boolean(),
      fitMs: fc.option(fc.nat(60_000), { nil: undefined, freq: 2 }),
      isAnswerLost: fc.boolean(),
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      run: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, { arbitrary: picks, weight: 1 }),
      event: runEvents,
      forged: fc.oneof(
        { arbitrary: fc.constant('no' as const), weight: 8 },
        { arbitrary: fc.constantFrom('token' as const, 'attempt' as const), weight: 1 },
      ),
    }),
    weight: 7,
  },
);

const claims = fc.record({
  kind: fc.constant('claim' as const),
  solo: fc.boolean(),
  fitMs: fc.constant(undefined),
  isAnswerLost: fc.constant(false),
});
const settlements = fc.record({
  kind: fc.constant('settle' as const),
  run: fc.constant(0),
  event: runEvents,
  forged: fc.constant('no' as const),
});
const wait = fc.constant({ kind: 'wait-until-due' as const });
const sweep = fc.constant({ kind: 'steer' as const, event: { name: 'sweep' as const }, read: 'now' as const });
const reopen = fc.constant({ kind: 'steer' as const, event: { name: 'retry' as const }, read: 'now' as const });
const cancel = fc.constant({ kind: 'steer' as const, event: { name: 'cancel' as const }, read: 'now' as const });

const anHour = fc.constant({ kind: 'wait' as const, ms: UNKNOWN_TYPE_PATIENCE_MS });
const unknownType = fc.constant({
  kind: 'settle' as const,
  run: 0,
  event: { name: 'unknown-type' as const, delayMs: 5_000 },
  forged: 'no' as const,
});

/** Things as they usually go, so that a history gets deep into the life of a job. */
const scenes: fc.Arbitrary<readonly Action[]> = fc.oneof(
  fc.tuple(claims, settlements),
  fc.tuple(wait, sweep, claims, settlements),
  fc.tuple(claims, wait, sweep, wait, sweep),
  fc.tuple(claims, cancel, settlements),
  fc.tuple(reopen, claims),
  fc.tuple(claims, unknownType, anHour, claims, unknownType),
);

/** A history: scenes and single actions in any order. */
export const histories: fc.Arbitrary<readonly Action[]> = fc
  .array(
    fc.oneof(
      scenes,
      singleActions.map((action) => [action]),
    ),
    { minLength: 3, maxLength: 24, size: 'max' },
  )
  .map((parts) => parts.flat());
