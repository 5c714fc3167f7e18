import middy from '@middy/core';
import type { ALBEvent, ALBHandler, ALBResult } from 'aws-lambda';
import type { Actor } from '../domain/audit.ts';
import type { Route, RouteName } from '../routes.ts';
import { routes } from '../routes.ts';
import type { Answer } from './answer.ts';
import { json, problem, render } from './answer.ts';
import type { Authenticate, Authentication, Caller } from './authenticator.ts';
import { hasOneOf } from './authenticator.ts';
import type { FaultLogger } from './faults.ts';
import { answerFault } from './faults.ts';
import type { HttpRequest } from './http-request.ts';
import { readRequest } from './http-request.ts';
import { MAX_BODY_BYTES, readJsonBody } from './json-body.ts';
import type { PathParameters } from './router.ts';
import { resolveRoute } from './router.ts';
import type { Unauthenticated } from './token-answers.ts';
import { insufficientScope, unauthenticated } from './token-answers.ts';

/** A request that passed routing, authentication, scope and body checks. */
export interface Call {
  readonly request: HttpRequest;
  readonly parameters: PathParameters;
  readonly caller: Caller;
  /** The parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

/** Who does it, for the audit. */
export function actorOf({ caller, request }: Call): Actor {
  return { id: caller.userId, requestId: request.requestId };
}

export type Endpoint = (call: Call) => Promise<Answer>;

export interface HttpHandlerOptions {
  readonly endpoints: Partial<Record<RouteName, Endpoint>>;
  readonly authenticate: Authenticate;
  readonly logger: FaultLogger;
}

/** What the middlewares find out, kept on the event on its way to the endpoint. */
type RoutedEvent = ALBEvent & { call?: RoutedCall };
type RoutedCall = Call & { readonly route: Route; readonly endpoint: Endpoint };
type Middleware = middy.MiddlewareObj<RoutedEvent, ALBResult>;
type Before = (event: RoutedEvent, request: HttpRequest) => Promise<Answer | undefined>;

/**
 * The chain of every HTTP function: the load balancer's health check, route, token, scope, body,
 * endpoint; and whatever is thrown becomes a 503 that shows nothing of the inside.
 */
export function httpHandler({ endpoints, authenticate, logger }: HttpHandlerOptions): ALBHandler {
  const chain = middy<RoutedEvent, ALBResult>({ timeoutEarlyInMillis: 0 })
    .use(faultsAnswered(logger))
    .use(before(answerHealthCheck))
    .use(before(routeAndAuthenticate(endpoints, authenticate)))
    .use(before(readBody))
    .handler(async (event) => {
      const { call } = event;
      if (call === undefined) throw new Error('a request came past its routing');
      return render(await call.endpoint(call), call.request);
    });
  return chain;
}

/** A step that may answer at once, which ends the chain. */
function before(step: Before): Middleware {
  return {
    before: async ({ event }) => {
      const request = event.call?.request ?? readRequest(event);
      const answer = await step(event, request);
      return answer && render(answer, request);
    },
  };
}

function faultsAnswered(logger: FaultLogger): Middleware {
  return {
    onError: (failed) => {
      const request = readRequest(failed.event);
      failed.response = render(answerFault(failed.error, request.requestId, logger), request);
    },
  };
}

const HEALTH_CHECKER = 'ELB-HealthChecker/';

/** Answered without touching anything: it says that this function can be run, no more. */
const answerHealthCheck: Before = (_event, request) => {
  const isHealthCheck =
    request.headers('user-agent')[0]?.startsWith(HEALTH_CHECKER) === true ||
    (request.path === routes.getHealth.path && request.method === 'GET');
  return Promise.resolve(isHealthCheck ? json(200, { status: 'ok' }) : undefined);
};

function routeAndAuthenticate(
  endpoints: HttpHandlerOptions['endpoints'],
  authenticate: Authenticate,
): Before {
  return async (event, request) => {
    const routing = resolveRoute(request.method, request.path);
    if (request.method === 'OPTIONS' && routing.kind === 'method_not_allowed') {
      return { kind: 'empty', status: 204, headers: { allow: routing.allow } };
    }
    if (routing.kind === 'method_not_allowed' && request.path === routes.getHealth.path) {
      return notAllowed(routing.allow);
    }
    const authentication = await authenticateRequest(request, authenticate);
    if (!authentication.ok) return unauthenticated(authentication.fault);
    if (routing.kind === 'not_found') return problem('not_found');
    if (routing.kind === 'method_not_allowed') return notAllowed(routing.allow);

    const { caller } = authentication;
    const route: Route = routes[routing.name];
    if (!hasOneOf(caller, route.scopes)) return insufficientScope(route.scopes);
    const endpoint = endpoints[routing.name];
    // The load balancer's patterns are wider than the table: the route may be another function's.
    if (endpoint === undefined) return problem('not_found');
    const { parameters } = routing;
    event.call = { route, endpoint, request, parameters, caller, body: undefined };
    return undefined;
  };
}

type RequestAuthentication =
  Extract<Authentication, { ok: true }> | { readonly ok: false; readonly fault: Unauthenticated };

async function authenticateRequest(
  request: HttpRequest,
  authenticate: Authenticate,
): Promise<RequestAuthentication> {
  const [authorization, ...others] = request.headers('authorization');
  if (authorization === undefined) return { ok: false, fault: 'no_token' };
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? [];
  if (token === undefined || others.length > 0) {
    return { ok: false, fault: 'not_one_bearer_token' };
  }
  return authenticate(token);
}

const readBody: Before = (event, request) => {
  const { call } = event;
  if (call === undefined) return Promise.resolve(undefined);
  const reading = readJsonBody(request, call.route.maxBodyBytes ?? MAX_BODY_BYTES);
  if (!reading.ok) return Promise.resolve(reading.answer);
  event.call = { ...call, body: reading.body };
  return Promise.resolve(undefined);
};

function notAllowed(allow: string): Answer {
  return problem('method_not_allowed', {
    detail: { en: `Allowed here: ${allow}.`, ko: `허용되는 메서드: ${allow}` },
    headers: { allow },
  });
}
