import { describe, expect, it } from 'vitest';
import { createRouteTable } from '../../../lib/local/http/route-table.ts';
import type { RoutePlan } from '../../../lib/local/template/plan.ts';

const route = (routeKey: string): RoutePlan => {
  const [method = '', path = '$default'] = routeKey.split(' ');
  return {
    routeKey,
    method: method === 'ANY' || path === '$default' ? '*' : method,
    path,
    authorization: { kind: 'none' },
    functionName: 'f',
    integrationTimeoutMs: 30_000,
  };
};

const find = (routeKeys: readonly string[], method: string, path: string) => {
  const match = createRouteTable(routeKeys.map(route))(method, path);
  return match && { key: match.route.routeKey, ...match.pathParameters };
};

describe('createRouteTable', () => {
  const API = [
    '$default',
    'ANY /{proxy+}',
    'GET /jobs/{id}',
    'GET /jobs/{id}/{rest+}',
    'GET /jobs/special',
    'ANY /jobs/{id}',
  ];

  it.each([
    ['GET', '/jobs/special', { key: 'GET /jobs/special' }],
    ['GET', '/jobs/1', { key: 'GET /jobs/{id}', id: '1' }],
    ['POST', '/jobs/1', { key: 'ANY /jobs/{id}', id: '1' }],
    ['GET', '/jobs/1/a/b', { key: 'GET /jobs/{id}/{rest+}', id: '1', rest: 'a/b' }],
    ['POST', '/jobs/1/a', { key: 'ANY /{proxy+}', proxy: 'jobs/1/a' }],
    ['GET', '/other', { key: 'ANY /{proxy+}', proxy: 'other' }],
    ['GET', '/jobs/a%20b%2Fc', { key: 'GET /jobs/{id}', id: 'a b/c' }],
  ])('%s %s goes to the most specific route', (method, path, expected) => {
    expect(find(API, method, path)).toEqual(expected);
  });

  it('falls back to $default', () => {
    expect(find(['GET /jobs', '$default'], 'POST', '/')).toEqual({ key: '$default' });
  });

  it.each([
    ['GET', '/jobs/'],
    ['GET', '/Jobs'],
    ['POST', '/jobs'],
    ['GET', '/jobs/1'],
    ['GET', '/'],
  ])('finds nothing for %s %s', (method, path) => {
    expect(find(['GET /jobs'], method, path)).toBeUndefined();
  });

  it('takes no empty segment for a parameter', () => {
    expect(find(['GET /jobs/{id}'], 'GET', '/jobs/')).toBeUndefined();
  });
});
