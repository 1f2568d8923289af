import { acknowledgeFirst } from './acknowledge-first.ts';
import { attemptAfterHandler } from './attempt-after-handler.ts';
import { countsNoChanges } from './counts-no-changes.ts';
import { countsTwice } from './counts-twice.ts';
import { deadLetterFirst } from './dead-letter-first.ts';
import { deafToCancel } from './deaf-to-cancel.ts';
import { earlyRunsEarly } from './early-runs-early.ts';
import { expirySurvives } from './expiry-survives.ts';
import { goesRoundForEver } from './goes-round-for-ever.ts';
import { noCrashBudget } from './no-crash-budget.ts';
import { noDispatchDeadline } from './no-dispatch-deadline.ts';
import { noFence } from './no-fence.ts';
import { noSweeper } from './no-sweeper.ts';
import { putOverJob } from './put-over-job.ts';
import { retryByVisibility } from './retry-by-visibility.ts';
import { sendFirst } from './send-first.ts';
import { statusOnlyFence } from './status-only-fence.ts';
import type { Variant } from './variant.ts';
import { wholeBatchCharged } from './whole-batch-charged.ts';

export const VARIANTS: readonly Variant[] = [
  noFence,
  statusOnlyFence,
  noSweeper,
  acknowledgeFirst,
  attemptAfterHandler,
  noCrashBudget,
  wholeBatchCharged,
  noDispatchDeadline,
  sendFirst,
  retryByVisibility,
  earlyRunsEarly,
  goesRoundForEver,
  deafToCancel,
  deadLetterFirst,
  putOverJob,
  expirySurvives,
  countsTwice,
  countsNoChanges,
];
