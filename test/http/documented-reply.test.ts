import { describe, expect, it } from '@jest/globals';
import { checkReply, UndocumentedReply } from '../support/documented-reply.ts';
import { couponExample } from '../../lambdas/api/operations/examples.ts';
import type { HttpReply } from '../support/http-client.ts';

const COUPON = '/v1/coupons/k3v9x2m7q1zd';

function reply(status: number, body: unknown, headers: Record<string, string> = {}): HttpReply {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-request-id': 'r',
      etag: 'W/"1"',
      ...headers,
    },
    text: body === undefined ? '' : JSON.stringify(body),
  };
}

const problem = (status: number, code: string, more: object = {}): HttpReply =>
  reply(
    status,
    {
      type: `/problems/${code}`,
      title: 'T',
      status,
      detail: 'D.',
      code,
      requestId: 'r',
      ...more,
    },
    { 'content-type': 'application/problem+json', 'content-language': 'en', 'retry-after': '1' },
  );

describe('a reply is held to the document', () => {
  it.each([
    ['a coupon', 'GET', COUPON, reply(200, couponExample)],
    ['a coupon with a query', 'GET', `${COUPON}?a=b`, reply(200, couponExample)],
    ['the head of a coupon', 'HEAD', COUPON, reply(200, undefined)],
    ['an unchanged coupon', 'GET', COUPON, reply(304, undefined)],
    ['no such coupon', 'GET', COUPON, problem(404, 'coupon_not_found')],
    ['nothing', 'GET', '/nowhere', problem(404, 'not_found')],
    ['another method', 'PUT', COUPON, { ...problem(405, 'method_not_allowed'), ...allow() }],
    ['the load balancer', 'GET', COUPON, reply(502, 'x', { server: 'awselb/2.0' })],
  ])('which lets pass: %s', (_name, method, path, given) => {
    expect(() => {
      checkReply(method, path, given);
    }).not.toThrow();
  });

  it.each([
    ['another status', 'GET', COUPON, reply(201, couponExample), 'status 201'],
    ['a field too many', 'GET', COUPON, reply(200, { ...couponExample, a: 1 }), 'additional'],
    [
      'a field too few',
      'GET',
      COUPON,
      reply(200, { ...couponExample, id: undefined }),
      'required property',
    ],
    [
      'a time that is none',
      'GET',
      COUPON,
      reply(200, { ...couponExample, createdAt: 'now' }),
      'date-time',
    ],
    ['a header too few', 'POST', '/v1/coupons', reply(201, couponExample), 'no location'],
    [
      'another type',
      'GET',
      COUPON,
      reply(200, couponExample, { 'content-type': 'text/plain' }),
      'content type text/plain',
    ],
    ['a body that there is not', 'GET', COUPON, reply(304, {}), 'a body'],
    [
      "another route's problem",
      'GET',
      COUPON,
      problem(404, 'issuance_not_found'),
      'allowed values',
    ],
    ['a problem with more in it', 'GET', COUPON, problem(404, 'coupon_not_found', { at: 1 }), 'at'],
    ['a problem of no code', 'GET', '/nowhere', problem(404, 'gone'), 'allowed values'],
    [
      'another status in it',
      'GET',
      '/nowhere',
      { ...problem(404, 'not_found'), status: 401 },
      '401',
    ],
    ['success of nothing', 'GET', '/nowhere', reply(200, {}), 'status 200 of not_found'],
    [
      'a refused method without the allowed',
      'PUT',
      COUPON,
      problem(405, 'method_not_allowed'),
      'Allow',
    ],
    ['an error of the inside', 'GET', COUPON, reply(500, {}), 'status 500'],
  ])('which refuses: %s', (_name, method, path, given, reason) => {
    const check = (): void => {
      checkReply(method, path, given);
    };
    expect(check).toThrow(UndocumentedReply);
    expect(check).toThrow(reason);
  });
});

function allow(): Pick<HttpReply, 'headers'> {
  const { headers } = problem(405, 'method_not_allowed');
  return { headers: { ...headers, allow: 'GET' } };
}
