import { Hono } from 'hono';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { ProblemError, toProblem, toResponse } from './problem.ts';
import type { Services } from './route.ts';
import { ROUTE_TABLE } from './routes/index.ts';

export type AppOptions = Services;

/**
 * The HTTP API. It answers the routes of the stack and nothing else; every error is a problem in the form of RFC 9457, told to
 * the log only when it is the service's own.
 */
export function createApp(services: AppOptions): Hono {
  chooseLanguage();
  const app = new Hono();
  const methods = new Map<string, string[]>();
  for (const [key, answer] of Object.entries(ROUTE_TABLE)) {
    const [method = '', gatewayPath = ''] = key.split(' ');
    const path = gatewayPath.replaceAll(/\{(\w+)\}/g, ':$1');
    methods.set(path, [...(methods.get(path) ?? []), method]);
    app.on(method, path, (context) => answer(context, services));
  }
  for (const [path, allowed] of methods) {
    app.all(path, () => {
      throw methodNotAllowed(allowed);
    });
  }
  app.notFound(({ req }) =>
    toResponse(new ProblemError('not-found', `There is no route ${JSON.stringify(req.path)}.`)),
  );
  app.onError((error, { req }) => {
    const problem = toProblem(error);
    if (problem.kind === 'internal' || problem.kind === 'unavailable') {
      services.ports.logger.error('A request failed', { method: req.method, path: req.path, error });
    }
    return toResponse(problem);
  });
  return app;
}

function methodNotAllowed(methods: readonly string[]): ProblemError {
  // Whatever answers GET answers HEAD.
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return new ProblemError('method-not-allowed', `Possible here: ${allowed}.`, { headers: { Allow: allowed } });
}

/** Schemas made with `zod/mini`, those of job types included, say no more than "Invalid input" until a language is chosen. */
function chooseLanguage(): void {
  if (z.config().localeError === undefined) {
    z.config(en());
  }
}
