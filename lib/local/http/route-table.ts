import type { RoutePlan } from '../template/plan.ts';
import { decodePercent } from './http-request.ts';

export interface RouteMatch {
  readonly route: RoutePlan;
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  /** `{proxy+}`: the rest of the path. */
  | { readonly kind: 'greedy'; readonly name: string };

interface CompiledRoute {
  readonly route: RoutePlan;
  readonly segments: readonly Segment[];
  /** The more specific route comes first in this order. */
  readonly rank: string;
}

const RANKS = { static: '0', parameter: '1', greedy: '2' } as const;
const LAST_RANK = '3';

const toSegment = (text: string): Segment => {
  const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: 'static', text };
  return plus === '+' ? { kind: 'greedy', name } : { kind: 'parameter', name };
};

const compile = (route: RoutePlan): CompiledRoute => {
  if (route.path === '$default') return { route, segments: [{ kind: 'greedy', name: '' }], rank: LAST_RANK };
  const segments = route.path.split('/').slice(1).map(toSegment);
  const rank = segments.map(({ kind }) => RANKS[kind]).join('');
  return { route, segments, rank: `${rank}${route.method === '*' ? '1' : '0'}` };
};

const matchSegments = (
  segments: readonly Segment[],
  path: readonly string[],
): Readonly<Record<string, string>> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = path[index];
    if (text === undefined) return undefined;
    if (segment.kind === 'greedy') {
      const rest = path.slice(index).map(decodePercent).join('/');
      return segment.name === '' ? parameters : { ...parameters, [segment.name]: rest };
    }
    if (segment.kind === 'parameter' && text !== '') parameters[segment.name] = decodePercent(text);
    else if (segment.kind === 'parameter' || segment.text !== decodePercent(text)) return undefined;
  }
  return segments.length === path.length ? parameters : undefined;
};

/**
 * Finds routes like an HTTP API: a path without variables before one with, that before a greedy one, `$default` last;
 * among equals the method by its name before `ANY`.
 */
export const createRouteTable = (
  routes: readonly RoutePlan[],
): ((method: string, path: string) => RouteMatch | undefined) => {
  const compiled = routes.map(compile).sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const { route, segments: pattern } of compiled) {
      if (route.method !== '*' && route.method !== method) continue;
      const pathParameters = matchSegments(pattern, segments);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  };
};
