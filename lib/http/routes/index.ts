import type { Route, RouteKey } from '../route.ts';
import { getJobRoute } from './get-job.ts';
import { submitJobRoute } from './submit-job.ts';

/** Every route of the stack has its answer here: one that is missing does not compile. */
export const ROUTE_TABLE: Readonly<Record<RouteKey, Route>> = {
  'POST /jobs': submitJobRoute,
  'GET /jobs/{id}': getJobRoute,
};
