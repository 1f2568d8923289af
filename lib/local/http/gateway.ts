import { setTimeout as delay } from 'node:timers/promises';
import type { InvokeRequest, InvokeResult } from '../lambda/invocation.ts';
import type { HttpApiPlan, RoutePlan } from '../template/plan.ts';
import { createDoor } from './door.ts';
import { GATEWAY_ANSWER, type HttpAnswer } from './gateway-answers.ts';
import { type HttpRequest, headerOf } from './http-request.ts';
import { createRouteTable } from './route-table.ts';
import { createThrottle } from './throttle.ts';
import { toAnswer } from './to-answer.ts';
import { toEvent } from './to-event.ts';
import { findWebPage } from './web-pages.ts';

export interface GatewayOptions {
  readonly api: HttpApiPlan;
  readonly region: string;
  readonly accountId: string;
  /** The only key that may sign requests. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly invoke: (functionName: string, request: InvokeRequest, routeKey: string) => Promise<InvokeResult>;
  /** Why a request was refused, which the client is not told. */
  readonly onNotice?: (notice: string) => void;
  /** @default Date.now */
  readonly now?: () => number;
}

const toHttpAnswer = (result: InvokeResult): HttpAnswer => {
  switch (result.kind) {
    case 'success':
      return toAnswer(result.payload);
    case 'function-error':
      return GATEWAY_ANSWER.internalServerError;
    case 'too-large':
      return GATEWAY_ANSWER.tooLarge;
    case 'throttled':
    case 'stopped':
      return GATEWAY_ANSWER.serviceUnavailable;
  }
};

/**
 * From a request to its answer, in the order of an HTTP API: host, route, throttling, authorization, integration. API Gateway, too, answers
 * 403 to a host that is none of its own.
 */
export const createGateway = (options: GatewayOptions): ((request: HttpRequest) => Promise<HttpAnswer>) => {
  const { api, accountId, now = Date.now } = options;
  const findRoute = createRouteTable(api.routes);
  const mayPass = api.throttling === undefined ? () => true : createThrottle({ ...api.throttling, now });
  const admit = createDoor({ ...options, now });
  const notify = (request: HttpRequest, what: string): void =>
    options.onNotice?.(`${request.method} ${request.path}: ${what}.`);

  const invoke = async (route: RoutePlan, event: object): Promise<HttpAnswer> => {
    const answered = new AbortController();
    const result = options.invoke(route.functionName, { payload: JSON.stringify(event) }, route.routeKey);
    // The function runs on after the client has been told that it took too long, as on AWS.
    const timeout = delay(route.integrationTimeoutMs, GATEWAY_ANSWER.serviceUnavailable, { signal: answered.signal });
    try {
      return await Promise.race([result.then(toHttpAnswer), timeout.catch(() => GATEWAY_ANSWER.serviceUnavailable)]);
    } finally {
      answered.abort();
    }
  };

  return async (request) => {
    const webPage = findWebPage((name) => headerOf(request, name));
    if (webPage !== undefined) {
      notify(request, `refused, ${webPage}`);
      return GATEWAY_ANSWER.forbidden;
    }
    const match = findRoute(request.method, request.path);
    if (match === undefined) return GATEWAY_ANSWER.notFound;
    if (!mayPass()) return GATEWAY_ANSWER.tooManyRequests;
    const admission = await admit(request, match.route);
    if (admission.kind === 'refused') {
      notify(request, `refused, ${admission.reason}`);
      return admission.answer;
    }
    const { caller } = admission;
    return invoke(match.route, toEvent({ request, match, apiId: api.apiId, accountId, caller, now: now() }));
  };
};
