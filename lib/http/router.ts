import type { Route } from './route.ts';

export interface RouteMatch {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Without a match, the methods that the path has routes for: none if it has no route at all. */
export type Routing = RouteMatch | { readonly allowed: readonly string[] };

interface Pattern {
  readonly method: string;
  readonly segments: readonly string[];
  readonly route: Route;
}

/**
 * Finds the route of a method and a decoded path, in a table by API Gateway's route keys. Like there, a path without variables comes
 * before one with, and a variable is one segment that is not empty. What answers GET answers HEAD.
 */
export function createRouter(table: Readonly<Record<string, Route>>): (method: string, path: string) => Routing {
  const patterns = Object.entries(table)
    .map(([key, route]) => toPattern(key, route))
    .sort((left, right) => countVariables(left) - countVariables(right));
  return (method, path) => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const segments = path.split('/');
    const allowed: string[] = [];
    for (const pattern of patterns) {
      const pathParameters = match(pattern.segments, segments);
      if (pathParameters !== undefined && pattern.method === wanted) {
        return { route: pattern.route, pathParameters };
      }
      if (pathParameters !== undefined) {
        allowed.push(...(pattern.method === 'GET' ? ['GET', 'HEAD'] : [pattern.method]));
      }
    }
    return { allowed };
  };
}

const VARIABLE = /^\{(\w+)\}$/;

function toPattern(key: string, route: Route): Pattern {
  const [method = '', path = ''] = key.split(' ');
  return { method, segments: path.split('/'), route };
}

function countVariables({ segments }: Pattern): number {
  return segments.filter((segment) => VARIABLE.test(segment)).length;
}

function match(pattern: readonly string[], segments: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== segments.length) {
    return undefined;
  }
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    const name = VARIABLE.exec(part)?.[1];
    if (name === undefined ? segment !== part : segment === '') {
      return undefined;
    }
    if (name !== undefined) {
      parameters[name] = segment;
    }
  }
  return parameters;
}
