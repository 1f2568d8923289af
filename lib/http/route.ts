import type { AnyJobDefinition, Logger, ROUTES } from '../core/index.ts';
import type { SubmitPorts } from '../pipeline/index.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';

/** A method and a path in API Gateway's words. */
export type RouteKey = (typeof ROUTES)[number];

/** What the routes work with. */
export interface Services {
  readonly ports: SubmitPorts & { readonly logger: Logger };
  /** By type. */
  readonly definitions: ReadonlyMap<string, AnyJobDefinition>;
}

export interface RoutedRequest extends HttpRequest {
  /** The parts of the path that the route has names for. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Answers one route. Whatever it throws becomes a problem. */
export type Route = (request: RoutedRequest, services: Services) => Promise<HttpResponse>;
