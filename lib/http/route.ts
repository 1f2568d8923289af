import type { Context } from 'hono';
import type { AnyJobDefinition, Logger, ROUTES } from '../core/index.ts';
import type { SubmitPorts } from '../pipeline/index.ts';

/** A method and a path in API Gateway's words. */
export type RouteKey = (typeof ROUTES)[number];

/** What the routes work with. */
export interface Services {
  readonly ports: SubmitPorts & { readonly logger: Logger };
  /** By type. */
  readonly definitions: ReadonlyMap<string, AnyJobDefinition>;
}

/** Answers one route. Whatever it throws becomes a problem. */
export type Route = (context: Context, services: Services) => Promise<Response>;
