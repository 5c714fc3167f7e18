import type { ALBResult, Context } from 'aws-lambda';
import type { Authenticate } from '../../lambdas/http/authenticator.ts';
import type { Logger } from '../../lambdas/domain/log-lines.ts';
import { httpHandler, type HttpHandlerOptions } from '../../lambdas/http/http-handler.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';

/** Tokens are `<user>.<scope>.<scope>…`, without `coupons:`. */
const authenticate: Authenticate = (token) => {
  const [userId = '', ...names] = token.split('.');
  const scopes = new Set(names.map((name) => `coupons:${name}`));
  return Promise.resolve({ ok: true, caller: { userId, scopes } });
};

export interface FunctionCall {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  /** Names in lower case; several values are several headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FunctionReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The text, or what it is as JSON. */
  readonly body: string;
  readonly json: Record<string, unknown>;
  readonly isBase64Encoded: boolean;
}

/** What the functions said. */
export const logger = new MemoryLogger();

/** An HTTP function with these endpoints, without a load balancer in front. */
export function httpFunction(
  options: Omit<HttpHandlerOptions, 'authenticate' | 'logger'> & { readonly logger?: Logger },
): (call: FunctionCall) => Promise<FunctionReply> {
  const handler = httpHandler({ logger, ...options, authenticate });
  return async ({ method = 'GET', path, token, headers = {}, query = {}, body }) => {
    const all = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const event = {
      requestContext: { elb: { targetGroupArn: 'arn' } },
      httpMethod: method,
      path,
      multiValueQueryStringParameters: listed(query),
      multiValueHeaders: listed(all),
      body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      isBase64Encoded: false,
    };
    const result = (await handler(event, {} as Context, () => undefined)) as ALBResult;
    return toReply(result);
  };
}

function listed(
  values: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat()]));
}

function toReply(result: ALBResult): FunctionReply {
  const { statusCode, multiValueHeaders = {}, body = '', isBase64Encoded = false } = result;
  const isJson = String(multiValueHeaders['content-type']?.[0]).endsWith('json');
  return {
    status: statusCode,
    headers: Object.fromEntries(
      Object.entries(multiValueHeaders).map(([name, values]) => [name, values.join(', ')]),
    ),
    body,
    json: isJson && !isBase64Encoded ? (JSON.parse(body) as Record<string, unknown>) : {},
    isBase64Encoded,
  };
}
