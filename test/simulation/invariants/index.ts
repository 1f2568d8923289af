import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';
import { everyAcceptedJobEnds } from './i01-every-accepted-job-ends.ts';
import { oneJobPerKey } from './i02-one-job-per-key.ts';
import { historiesHold } from './i03-to-i07-histories-hold.ts';
import { staleWorkersChangeNothing } from './i05-stale-workers-change-nothing.ts';
import { endsAreTrue } from './i06-ends-are-true.ts';
import { chargesAreBounded } from './i07-charges-are-bounded.ts';
import { matesAreNotCharged } from './i08-mates-are-not-charged.ts';
import { deadLettersAreTrue } from './i09-dead-letters-are-true.ts';
import { failuresAreCopied } from './i09-failures-are-copied.ts';
import { nothingRunsEarly } from './i10-nothing-runs-early.ts';
import { liveJobsDoNotExpire } from './i11-live-jobs-do-not-expire.ts';
import { eachOutcomeOnce } from './i12-each-outcome-once.ts';
import { gracesDouble } from './i13-graces-double.ts';
import { messagesComeOnce } from './i13-messages-come-once.ts';
import { noHotLoops } from './i13-no-hot-loops.ts';
import { queueStaysShort } from './i13-queue-stays-short.ts';
import { requestsAreBounded } from './i13-requests-are-bounded.ts';
import { metricsAddUp } from './i14-metrics-add-up.ts';

/** What must hold in every course, whatever the scenario and the faults. */
export const INVARIANTS: readonly ((world: World) => Observer)[] = [
  everyAcceptedJobEnds,
  oneJobPerKey,
  historiesHold,
  staleWorkersChangeNothing,
  endsAreTrue,
  chargesAreBounded,
  matesAreNotCharged,
  deadLettersAreTrue,
  failuresAreCopied,
  nothingRunsEarly,
  liveJobsDoNotExpire,
  eachOutcomeOnce,
  noHotLoops,
  gracesDouble,
  messagesComeOnce,
  queueStaysShort,
  requestsAreBounded,
  metricsAddUp,
];
