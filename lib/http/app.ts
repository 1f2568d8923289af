import { en } from 'zod/locales';
import * as z from 'zod/mini';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { ProblemError, toProblem, toResponse } from './problem.ts';
import type { Services } from './route.ts';
import { createRouter, type Routing } from './router.ts';
import { ROUTE_TABLE } from './routes/index.ts';

export type AppOptions = Services;

/** Answers every request; it never rejects. */
export type App = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * The HTTP API. It answers the routes of the stack and nothing else; every error is a problem in the form of RFC 9457, told to
 * the log only when it is the service's own.
 */
export function createApp(services: AppOptions): App {
  chooseLanguage();
  const findRoute = createRouter(ROUTE_TABLE);
  return async (request) => {
    const { method, path } = request;
    try {
      const { route, pathParameters } = matchOf(findRoute(method, path), path);
      return withoutBodyOfHead(request, await route({ ...request, pathParameters }, services));
    } catch (error) {
      const problem = toProblem(error);
      if (problem.kind === 'internal' || problem.kind === 'unavailable') {
        services.ports.logger.error('A request failed', { method, path, error });
      }
      return withoutBodyOfHead(request, toResponse(problem));
    }
  };
}

/** @throws ProblemError 404 or 405 */
function matchOf(routing: Routing, path: string): Exclude<Routing, { allowed: unknown }> {
  if ('route' in routing) {
    return routing;
  }
  if (routing.allowed.length === 0) {
    throw new ProblemError('not-found', `There is no route ${JSON.stringify(path)}.`);
  }
  const allow = routing.allowed.join(', ');
  throw new ProblemError('method-not-allowed', `Possible here: ${allow}.`, { headers: { allow } });
}

function withoutBodyOfHead({ method }: HttpRequest, response: HttpResponse): HttpResponse {
  return method === 'HEAD' ? { ...response, body: '' } : response;
}

/** Schemas made with `zod/mini`, those of job types included, say no more than "Invalid input" until a language is chosen. */
function chooseLanguage(): void {
  if (z.config().localeError === undefined) {
    z.config(en());
  }
}
