import { randomUUID } from 'node:crypto';
import type { RouteName } from '../../lambdas/routes.ts';
import type { Context } from '../context.ts';
import { NoAnswer, Refused } from '../failures.ts';
import { addressOf, type Parameters, type Query } from './address.ts';
import { attempt, type Outcome, type Reply } from './attempt.ts';
import { pauseBeforeRetry } from './retry.ts';
import type { Target } from './target.ts';

export interface Call {
  readonly route: RouteName;
  readonly parameters?: Parameters;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** One of its own for every other POST: the same for all attempts, so that they are one request. */
  readonly idempotencyKey?: string;
}

/** The API, as commands ask it. */
export interface Api {
  /**
   * Asks until there is a definite answer, for half a minute at most. All that is asked may be
   * asked twice: a POST carries an `Idempotency-Key`, the rest is the same the second time.
   * @throws Refused, NoAnswer; the reason of the interruption
   */
  ask(call: Call): Promise<Reply>;
  /** Asks once. Rejects only when interrupted. */
  askOnce(call: Call): Promise<Outcome>;
  /**
   * The page that this one's `Link` header names.
   * @throws as {@link Api.ask}, and NoAnswer for another host
   */
  follow(link: string, from: Reply): Promise<Reply>;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface ApiOptions extends Target {
  /** What `Accept-Language` says. */
  readonly language: string;
  readonly chance?: () => number;
}

export function connectApi(
  { api, tokens, language, chance = Math.random }: ApiOptions,
  { clock, interrupted, stderr }: Context,
): Api {
  const once = async (request: Request): Promise<Outcome> => {
    const withToken = async (renewed: boolean): Promise<Outcome> => {
      const token = await tokens.token(renewed);
      if (token.kind !== 'token') return token;
      const headers = { ...request.headers, authorization: `Bearer ${token.token}` };
      return attempt({ ...request, headers }, clock, interrupted);
    };
    const outcome = await withToken(false);
    const isExpired = outcome.kind === 'refused' && outcome.problem.status === 401;
    return isExpired && tokens.renewable ? withToken(true) : outcome;
  };

  const untilAnswered = async (request: Request): Promise<Reply> => {
    const begun = clock.elapsed();
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await once(request);
      if (outcome.kind === 'answered') return outcome.reply;
      if (outcome.kind === 'refused') throw new Refused(outcome.problem);
      const { setback, what, problem } = outcome;
      const pause = pauseBeforeRetry(setback, attempts, clock.elapsed() - begun, chance());
      if (pause === undefined) throw new NoAnswer(what, problem, adviceFor(setback.kind));
      // Only from the second time on: one 503 in an event is no news.
      if (attempts > 1) stderr.write(`${what}; asking again in ${(pause / 1000).toFixed(1)} s\n`);
      await clock.sleep(pause, interrupted);
    }
  };

  const requestOf = ({ route, parameters, query, body, idempotencyKey }: Call): Request => {
    const { method, path } = addressOf(route, parameters, query);
    return {
      method,
      url: new URL(api + path),
      headers: {
        accept: 'application/json, application/problem+json, text/csv',
        'accept-language': language,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': idempotencyKey ?? randomUUID() } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    };
  };

  return {
    ask: (call) => untilAnswered(requestOf(call)),
    askOnce: (call) => once(requestOf(call)),
    follow: (link, from) => {
      const url = new URL(link, from.url);
      // The token goes with it.
      if (url.origin !== from.url.origin) {
        throw new NoAnswer(`The API names a next page on another host: ${url.host}`);
      }
      const headers = { accept: 'text/csv', 'accept-language': language };
      return untilAnswered({ method: 'GET', url, headers, body: undefined });
    },
  };
}

function adviceFor(kind: string): string | undefined {
  return kind === 'refused'
    ? 'Does the stack run (npm start)? Another API is named by --api or COUPON_API.'
    : undefined;
}

/**
 * The JSON of a reply.
 * @throws NoAnswer if it is none: something else answers at this address
 */
export function jsonOf(reply: Reply): unknown {
  try {
    return JSON.parse(reply.text) as unknown;
  } catch {
    throw new NoAnswer(`The answer (HTTP ${reply.status}) is not JSON: is --api right?`);
  }
}
