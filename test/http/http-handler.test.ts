import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ALBEvent, ALBResult, Context } from 'aws-lambda';
import { GateOutcomeUnknown, LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { json } from '../../lambdas/http/answer.ts';
import type { Authenticate } from '../../lambdas/http/authenticator.ts';
import { AuthenticationUnavailable } from '../../lambdas/http/authenticator.ts';
import type { Endpoint } from '../../lambdas/http/http-handler.ts';
import { httpHandler } from '../../lambdas/http/http-handler.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';

const COUPON = '/v1/coupons/couponcoupon';
const TRACE = '1-6b032c9a-9784039597f0000000000005';

let logger = new MemoryLogger();

beforeEach(() => {
  logger = new MemoryLogger(true);
});

/** Tokens are lists of scopes; `bad` is refused, `away` finds no keys. */
const authenticate: Authenticate = (token) => {
  if (token === 'away') return Promise.reject(new AuthenticationUnavailable('no keys'));
  if (token === 'bad') return Promise.resolve({ ok: false, fault: 'expired' });
  return Promise.resolve({
    ok: true,
    caller: { userId: 'anna', scopes: new Set(token.split('.').map((name) => `coupons:${name}`)) },
  });
};

async function call(
  changes: Partial<ALBEvent> & { headers?: Record<string, string> },
  endpoint: Endpoint = (call) => Promise.resolve(json(200, { body: call.body })),
): Promise<ALBResult> {
  const { headers = { authorization: 'Bearer use.manage' }, ...rest } = changes;
  const event: ALBEvent = {
    requestContext: { elb: { targetGroupArn: 'arn' } },
    httpMethod: 'GET',
    path: COUPON,
    multiValueQueryStringParameters: {},
    multiValueHeaders: Object.fromEntries(
      Object.entries({ 'x-amzn-trace-id': `Root=${TRACE}`, ...headers }).map(([name, value]) => [
        name,
        [value],
      ]),
    ),
    body: '',
    isBase64Encoded: false,
    ...rest,
  };
  const handler = httpHandler({
    endpoints: { getCoupon: endpoint, createCoupon: endpoint },
    authenticate,
    logger,
  });
  return (await handler(event, {} as Context, () => undefined)) as ALBResult;
}

function problemOf(result: ALBResult): Record<string, unknown> {
  expect(result.multiValueHeaders?.['content-type']).toEqual(['application/problem+json']);
  return JSON.parse(result.body ?? '') as Record<string, unknown>;
}

const JSON_HEADERS = { authorization: 'Bearer manage', 'content-type': 'application/json' };

describe('the chain of an HTTP function', () => {
  it('answers the health check of the load balancer without asking for a token', async () => {
    const headers = { 'user-agent': 'ELB-HealthChecker/2.0' };
    expect(await call({ headers, path: '/whatever' })).toMatchObject({ statusCode: 200 });
    expect(await call({ headers: {}, path: '/health' })).toMatchObject({ statusCode: 200 });
  });

  it('gives every answer the id of the request, and no cache may keep it', async () => {
    const result = await call({});
    expect(result.multiValueHeaders).toMatchObject({
      'x-request-id': [TRACE],
      'cache-control': ['no-store'],
    });
  });

  it('takes no request id that does not look like one', async () => {
    const headers = { authorization: 'Bearer use', 'x-amzn-trace-id': 'Root=Bearer secret' };
    const result = await call({ headers });
    expect(result.multiValueHeaders?.['x-request-id']?.[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['no token', {}, 'no access token'],
    ['a bad token', { authorization: 'Bearer bad' }, 'The token has expired.'],
    ['Basic', { authorization: 'Basic dXNlOnVzZQ==' }, 'not one Bearer token'],
    ['two tokens in one', { authorization: 'Bearer use, Bearer use' }, 'not one Bearer token'],
  ])('asks for a token before anything else: %s', async (_, headers, detail) => {
    for (const path of [COUPON, '/nowhere', `${COUPON}/issuances/x`]) {
      const result = await call({ headers, path });
      expect(result.statusCode).toBe(401);
      expect(result.multiValueHeaders?.['www-authenticate']?.[0]).toMatch(/^Bearer /);
      expect(problemOf(result)).toMatchObject({
        type: '/problems/unauthenticated',
        code: 'unauthenticated',
        status: 401,
        requestId: TRACE,
        detail: expect.stringContaining(detail) as unknown,
      });
    }
  });

  it('asks for the scope before it looks for the thing', async () => {
    const headers = { ...JSON_HEADERS, authorization: 'Bearer use' };
    const result = await call({ headers, path: '/v1/coupons', httpMethod: 'POST' });
    expect(problemOf(result)).toMatchObject({ status: 403, code: 'insufficient_scope' });
  });

  it.each([
    ['/', 'GET'],
    ['/v1/coupons/', 'GET'],
    [`${COUPON}/`, 'GET'],
    [`/${COUPON}`, 'GET'],
    ['/V1/coupons', 'GET'],
    ['/v1/issuances/x', 'GET'],
  ])('knows nothing at %s', async (path, httpMethod) => {
    expect(problemOf(await call({ path, httpMethod }))).toMatchObject({ code: 'not_found' });
  });

  it('names the methods that are allowed', async () => {
    const result = await call({ httpMethod: 'DELETE' });
    expect(problemOf(result)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(result.multiValueHeaders?.['allow']).toEqual(['GET, HEAD, OPTIONS, PATCH']);
    const options = await call({ httpMethod: 'OPTIONS', headers: {} });
    expect(options).toMatchObject({ statusCode: 204, body: '' });
    expect(options.multiValueHeaders?.['allow']).toEqual(['GET, HEAD, OPTIONS, PATCH']);
    expect(await call({ httpMethod: 'HEAD' })).toMatchObject({ statusCode: 200 });
  });

  it.each([
    ['{', {}, 400, 'malformed_json'],
    ['{"a":1}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['{"a":1}', { 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
    [`"${'x'.repeat(65_536)}"`, {}, 413, 'payload_too_large'],
  ])('refuses the body %.9s', async (body, headers, status, code) => {
    const all = { ...JSON_HEADERS, ...headers };
    const result = await call({ body, headers: all, path: '/v1/coupons', httpMethod: 'POST' });
    expect(problemOf(result)).toMatchObject({ status, code });
  });

  it('reads bodies of many kinds of JSON, in base64 too', async () => {
    const post = { path: '/v1/coupons', httpMethod: 'POST' };
    const headers = { ...JSON_HEADERS, 'content-type': 'application/json; charset=utf-8' };
    const body = '{"name":"쿠폰"}';
    const plain = await call({ ...post, headers, body });
    const base64 = Buffer.from(body).toString('base64');
    const encoded = await call({ ...post, headers, body: base64, isBase64Encoded: true });
    expect(JSON.parse(plain.body ?? '')).toEqual({ body: { name: '쿠폰' } });
    expect(encoded.body).toBe(plain.body);
    const mangled = Buffer.from([0x22, 0xff, 0x22]).toString('base64');
    const refused = await call({ ...post, headers, body: mangled, isBase64Encoded: true });
    expect(problemOf(refused)).toMatchObject({ code: 'malformed_json' });
  });

  it('reads no body of a GET, whatever it carries', async () => {
    const result = await call({ body: 'x'.repeat(70_000) });
    expect(result).toMatchObject({ statusCode: 200, body: '{}' });
  });

  it('takes one Authorization header only', async () => {
    const result = await call({
      multiValueHeaders: { authorization: ['Bearer use', 'Bearer manage'] },
    });
    expect(problemOf(result)).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it.each([
    ['an outcome unknown', new GateOutcomeUnknown('reply cut'), 'outcome_unknown'],
    ['a server away', new LedgerUnavailable('no route to host'), 'unavailable'],
    ['a bug', new TypeError('secret of anna'), 'unavailable'],
  ])('turns %s into a 503 that shows nothing of it', async (_, fault, code) => {
    const result = await call({}, () => Promise.reject(fault));
    expect(problemOf(result)).toMatchObject({ status: 503, code });
    expect(result.multiValueHeaders?.['retry-after']).toEqual(['1']);
    expect(result.body).not.toContain(fault.message);
    const [line, ...others] = logger.lines;
    expect(line).toMatchObject({ fields: { requestId: TRACE, fault: fault.name } });
    expect(others).toMatchObject([{ message: 'request', fields: { outcome: code, status: 503 } }]);
    expect(JSON.stringify(logger.lines)).not.toContain('secret of anna');
  });

  it('is unavailable while nobody can tell good tokens from bad ones', async () => {
    const result = await call({ headers: { authorization: 'Bearer away' } });
    expect(problemOf(result)).toMatchObject({ status: 503, code: 'unavailable' });
  });
});
