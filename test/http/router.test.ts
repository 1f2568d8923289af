import { describe, expect, it } from 'vitest';
import type { Route } from '../../lib/http/route.ts';
import { createRouter } from '../../lib/http/router.ts';

const KEYS = [
  'GET /jobs/{id}',
  'POST /jobs/{id}/cancel',
  'POST /jobs',
  'GET /jobs',
  'POST /jobs/batch',
  'POST /jobs/retry',
  'GET /openapi.json',
];

function setup() {
  const routes = new Map<Route, string>();
  const table = Object.fromEntries(
    KEYS.map((key) => {
      const route: Route = () => Promise.reject(new Error(key));
      routes.set(route, key);
      return [key, route];
    }),
  );
  const findRoute = createRouter(table);
  return (method: string, path: string) => {
    const found = findRoute(method, path);
    return 'route' in found ? [routes.get(found.route), found.pathParameters] : found;
  };
}

describe('createRouter', () => {
  it.each([
    ['GET', '/jobs', 'GET /jobs', {}],
    ['POST', '/jobs', 'POST /jobs', {}],
    ['GET', '/openapi.json', 'GET /openapi.json', {}],
    ['GET', '/jobs/a', 'GET /jobs/{id}', { id: 'a' }],
    ['POST', '/jobs/a/cancel', 'POST /jobs/{id}/cancel', { id: 'a' }],
    ['GET', '/jobs/..', 'GET /jobs/{id}', { id: '..' }],
    ['GET', '/jobs/__proto__', 'GET /jobs/{id}', { id: '__proto__' }],
    ['GET', '/jobs/{id}', 'GET /jobs/{id}', { id: '{id}' }],
  ])('finds %s %s', (method, path, key, parameters) => {
    expect(setup()(method, path)).toEqual([key, parameters]);
  });

  it('prefers the path without variables, for its own method', () => {
    const find = setup();
    expect(find('POST', '/jobs/batch')).toEqual(['POST /jobs/batch', {}]);
    expect(find('GET', '/jobs/batch')).toEqual(['GET /jobs/{id}', { id: 'batch' }]);
  });

  it('finds for HEAD what answers GET', () => {
    const find = setup();
    expect(find('HEAD', '/jobs/a')).toEqual(['GET /jobs/{id}', { id: 'a' }]);
    expect(find('HEAD', '/jobs/a/cancel')).toEqual({ allowed: ['POST'] });
  });

  it.each(['/', '', '/nope', '/jobs/', '/jobs//cancel', '/jobs/a/b', '/JOBS', '//jobs', 'jobs', '/jobs/a/cancel/'])(
    'fails to find %j for any method',
    (path) => {
      expect(setup()('GET', path)).toEqual({ allowed: [] });
    },
  );

  it('names the methods that are possible instead', () => {
    const find = setup();
    expect(find('DELETE', '/jobs')).toEqual({ allowed: ['POST', 'GET', 'HEAD'] });
    expect(find('OPTIONS', '/jobs/retry')).toEqual({ allowed: ['POST', 'GET', 'HEAD'] });
    expect(find('get', '/jobs/a')).toEqual({ allowed: ['GET', 'HEAD'] });
  });
});
