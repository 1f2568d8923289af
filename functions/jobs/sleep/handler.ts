import { sleep } from './definition.ts';
import { allowsCrashes } from './environment.ts';
import { createSleeper } from './sleeper.ts';

export const handler = sleep.handle(createSleeper({ allowsCrashes, crash: () => process.exit(1) }));
