import { ENV } from '../../../lib/core/names.ts';

/** Whether this deployment lets a job fail and crash on request: a stranger's input must not end a process. */
export const allowsCrashes = (): boolean => process.env[ENV.allowCrashes] === 'true';
