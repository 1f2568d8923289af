import { PermanentError, RetryLater } from '../../../lib/core/index.ts';
import { echo, jobOf, thrower } from '../../pipeline/sample-jobs.ts';

const permanent = jobOf('permanent', () => {
  throw new PermanentError('Never.');
});
const later = jobOf('later', () => {
  throw new RetryLater('Not yet.', { delaySeconds: 60 });
});

/** Job types that a hostile item can name. */
export const HANDLERS = [echo, thrower, permanent, later] as const;
