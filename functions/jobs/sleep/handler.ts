import { mayCrash } from '../../config.ts';
import { sleep } from './definition.ts';
import { createSleeper } from './sleeper.ts';

// A stranger's input must not end a process, so failing and crashing on request are off unless the deployment says otherwise.
export const handler = sleep.handle(createSleeper({ allowsCrashes: () => mayCrash(), crash: () => process.exit(1) }));
