import middy from '@middy/core';
import type { ALBEvent, ALBHandler, ALBResult } from 'aws-lambda';
import type { Actor } from '../domain/audit.ts';
import type { IdempotencyStore } from '../domain/idempotency.ts';
import type { PublicRouteName, Route, TokenRouteName } from '../routes.ts';
import { routes } from '../routes.ts';
import type { Answer } from './answer.ts';
import { json, problem, render } from './answer.ts';
import type { Authenticate, Caller } from './authenticator.ts';
import type { AllowedOrigins } from './cors.ts';
import { corsHeaders, preflightHeaders, readOrigins } from './cors.ts';
import type { FaultLogger } from './faults.ts';
import { answerFault } from './faults.ts';
import type { HttpRequest } from './http-request.ts';
import { readRequest } from './http-request.ts';
import type { IdempotentId } from './idempotency.ts';
import { answerOnce } from './idempotency.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import { MAX_BODY_BYTES, readJsonBody } from './json-body.ts';
import type { AnswerMeasure, AnswerTold } from './measure-answer.ts';
import { measureAnswer } from './measure-answer.ts';
import type { RequestLimits } from './request-limits.ts';
import { countRequests } from './request-limits.ts';
import { routeRequest } from './route-request.ts';
import type { PathParameters } from './router.ts';

/** A request that passed routing, authentication, scope and body checks. */
export interface Call {
  readonly request: HttpRequest;
  readonly parameters: PathParameters;
  readonly caller: Caller;
  /** The parsed JSON; undefined where there is none. */
  readonly body: unknown;
  /** What is created takes this id, if there is one: so it is created once for each idempotency key. */
  readonly idempotentId: IdempotentId;
}

/** Who does it, for the audit. */
export function actorOf({ caller, request }: Call): Actor {
  return { id: caller.userId, requestId: request.requestId };
}

export type Endpoint = (call: Call) => Promise<Answer>;

/** Answers whoever asks, without a token. */
export type PublicEndpoint = (call: Pick<Call, 'request' | 'parameters'>) => Promise<Answer>;

export interface HttpHandlerOptions {
  readonly endpoints: Partial<Record<TokenRouteName, Endpoint>>;
  readonly publicEndpoints?: Partial<Record<PublicRouteName, PublicEndpoint>>;
  readonly authenticate: Authenticate;
  readonly logger: FaultLogger;
  /** Unlimited without. */
  readonly requestLimits?: RequestLimits | undefined;
  /** For functions with POST routes other than the claim, whose key means something else. */
  readonly idempotencyStore?: IdempotencyStore | undefined;
  /** `CORS_ORIGINS`: whose pages may call. Nobody's without. */
  readonly corsOrigins?: string | undefined;
  /** Answers are counted nowhere without. */
  readonly measure?: AnswerMeasure | undefined;
}

/** A request with what the middlewares find out about it, on its way to the endpoint. */
interface Exchange {
  readonly request: HttpRequest;
  /** For the reply, whichever it will be. */
  headers: Readonly<Record<string, string>>;
  call?: RoutedCall;
  /** Told of the answer, whichever it will be. */
  answered: AnswerTold;
}
type RoutedCall = Call & { readonly name: TokenRouteName; readonly endpoint: Endpoint };
type ExchangeEvent = ALBEvent & { exchange?: Exchange };
type Middleware = middy.MiddlewareObj<ExchangeEvent, ALBResult>;
type Step = (exchange: Exchange) => Promise<Answer | undefined>;

/**
 * The chain of every HTTP function: the load balancer's health check, route, token, scope, limit,
 * body, idempotency key, endpoint; and whatever is thrown becomes a 503 that shows nothing of the
 * inside.
 */
export function httpHandler(options: HttpHandlerOptions): ALBHandler {
  const origins = readOrigins(options.corsOrigins);
  const chain = middy<ExchangeEvent, ALBResult>({ timeoutEarlyInMillis: 0 })
    .use(exchangeBegun(origins, options))
    .use(before(answerHealthCheck))
    .use(before(route(origins, options)))
    .use(before(limit(options)))
    .use(before(readBody))
    .handler(async (event) => {
      const { exchange } = event;
      if (exchange?.call === undefined) throw new Error('a request came past its routing');
      return reply(await answer(exchange.call, options), exchange);
    });
  return chain;
}

function reply(answer: Answer, { request, headers, answered, call }: Exchange): ALBResult {
  answered(answer, call?.name);
  return render(answer, request, headers);
}

/** A step that may answer at once, which ends the chain. */
function before(step: Step): Middleware {
  return {
    before: async ({ event: { exchange } }) => {
      if (exchange === undefined) throw new Error('a request came past its beginning');
      const answer = await step(exchange);
      return answer && reply(answer, exchange);
    },
  };
}

function exchangeBegun(
  origins: AllowedOrigins,
  { logger, measure }: HttpHandlerOptions,
): Middleware {
  const begin = (event: ExchangeEvent): Exchange => {
    const answered = measure === undefined ? () => undefined : measureAnswer(measure, event);
    const request = readRequest(event);
    return { request, headers: corsHeaders(origins, request), answered };
  };
  return {
    before: ({ event }) => {
      event.exchange = begin(event);
    },
    onError: (failed) => {
      const exchange = failed.event.exchange ?? begin(failed.event);
      const { requestId } = exchange.request;
      const fault = answerFault(failed.error, requestId, logger, measure?.countUnexpected);
      failed.response = reply(fault, exchange);
    },
  };
}

const HEALTH_CHECKER = 'ELB-HealthChecker/';

/** Answered without touching anything: it says that this function can be run, no more. */
const answerHealthCheck: Step = (exchange) => {
  const { request } = exchange;
  const isHealthCheck =
    request.headers('user-agent')[0]?.startsWith(HEALTH_CHECKER) === true ||
    (request.path === routes.getHealth.path && request.method === 'GET');
  if (!isHealthCheck) return Promise.resolve(undefined);
  // Nobody's claim, whatever it asks for.
  exchange.answered = () => undefined;
  return Promise.resolve(json(200, { status: 'ok' }));
};

function route(origins: AllowedOrigins, options: HttpHandlerOptions): Step {
  const { endpoints, publicEndpoints = {}, authenticate } = options;
  return async (exchange) => {
    const { request } = exchange;
    const preflight = (methods: string) => preflightHeaders(origins, request, methods);
    const routing = await routeRequest(request, authenticate, preflight);
    if (routing.kind === 'answer') return routing.answer;
    const { parameters } = routing;
    // The load balancer's patterns are wider than the table: the route may be another function's.
    if (routing.kind === 'public') {
      return publicEndpoints[routing.name]?.({ request, parameters }) ?? problem('not_found');
    }
    const { name, caller } = routing;
    const endpoint = endpoints[name];
    if (endpoint === undefined) return problem('not_found');
    const idempotentId = (): undefined => undefined;
    exchange.call = { name, endpoint, request, parameters, caller, body: undefined, idempotentId };
    return undefined;
  };
}

function limit({ requestLimits }: HttpHandlerOptions): Step {
  const count = requestLimits && countRequests(requestLimits);
  return async (exchange) => {
    if (count === undefined || exchange.call === undefined) return undefined;
    const { name, caller } = exchange.call;
    const counted = await count(routes[name], caller);
    exchange.headers = { ...exchange.headers, ...counted.headers };
    return counted.answer;
  };
}

const readBody: Step = (exchange) => {
  const { call, request } = exchange;
  if (call === undefined) return Promise.resolve(undefined);
  const { method, maxBodyBytes }: Route = routes[call.name];
  // What a GET or a DELETE carries has no meaning (RFC 9110, 9.3.1).
  if (method === 'GET' || method === 'DELETE') return Promise.resolve(undefined);
  const reading = readJsonBody(request, maxBodyBytes ?? MAX_BODY_BYTES);
  if (!reading.ok) return Promise.resolve(reading.answer);
  exchange.call = { ...call, body: reading.body };
  return Promise.resolve(undefined);
};

async function answer(call: RoutedCall, options: HttpHandlerOptions): Promise<Answer> {
  const { name, request, caller, body, endpoint } = call;
  // The key of a claim tells a retry from another claim; gate and ledger remember it for ever.
  if (routes[name].method !== 'POST' || name === 'issueCoupon') return endpoint(call);
  const reading = readIdempotencyKey(request);
  if (!reading.ok) return reading.answer;
  if (reading.key === undefined) return endpoint(call);
  const { idempotencyStore, logger, measure } = options;
  if (idempotencyStore === undefined) throw new Error(`${name} has no store for its keys`);
  const asked = { method: request.method, path: request.path, caller: caller.userId, body };
  return answerOnce(
    idempotencyStore,
    reading.key,
    asked,
    (idempotentId) => endpoint({ ...call, idempotentId }),
    (error) => {
      answerFault(error, request.requestId, logger, measure?.countUnexpected);
    },
  );
}
