import { findJobFolders } from '../../bundle/index.ts';
import { DEFAULT_POLICY, ENV } from '../../core/index.ts';
import type { FunctionPlan } from '../template/plan.ts';

/** What somebody who wants to try a stack has to know about its jobs. */
export interface JobHints {
  /** The folders of the jobs, which most people name like their types. Empty where the template does not say. */
  readonly types: readonly string[];
  /** A lane that the producer looks into. */
  readonly lane: string;
}

/** Of the installation that works on this table. */
export function readJobHints(
  functions: readonly Pick<FunctionPlan, 'environment' | 'origin'>[],
  tableName: string,
): JobHints {
  const own = functions.filter(({ environment }) => environment[ENV.tableName] === tableName);
  const directories = new Set(own.flatMap(({ origin }) => (origin === undefined ? [] : [origin.jobsDirectory])));
  const types = [...directories].flatMap((directory) => findJobFolders(directory).complete.map(({ name }) => name));
  const queueName = own[0]?.environment[ENV.queueName] ?? DEFAULT_POLICY.queueName;
  return { types, lane: `${queueName}#live#0` };
}
