import { describe, expect, it } from '@jest/globals';
import { json } from '../../lambdas/http/answer.ts';
import { httpFunction, type FunctionCall, type FunctionReply } from '../support/http-function.ts';

const SHOP = 'https://shop.example';
const COUPON = '/v1/coupons/couponcoupon';

function call(corsOrigins: string | undefined, given: FunctionCall): Promise<FunctionReply> {
  const endpoints = { getCoupon: () => Promise.resolve(json(200, {})) };
  return httpFunction({ endpoints, corsOrigins })(given);
}

const from = (origin: string, more: Partial<FunctionCall> = {}): FunctionCall => ({
  path: COUPON,
  token: 'anna.use',
  headers: { origin },
  ...more,
});

const preflight = (origin: string, path = `${COUPON}/issuances`): FunctionCall => ({
  method: 'OPTIONS',
  path,
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
});

function corsOf({ headers }: FunctionReply): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('access-control-')),
  );
}

describe('a page of another origin', () => {
  it.each([undefined, '', ' , '])('may not call where CORS_ORIGINS is %p', async (origins) => {
    expect(corsOf(await call(origins, from(SHOP)))).toEqual({});
    expect(corsOf(await call(origins, preflight(SHOP)))).toEqual({});
  });

  it('may read what it asked for, and the headers that matter, if its origin is allowed', async () => {
    const reply = await call(`https://admin.example, ${SHOP}`, from(SHOP));
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({ vary: 'Origin', 'access-control-allow-origin': SHOP });
    const exposed = reply.headers['access-control-expose-headers']?.split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining([
        'etag',
        'location',
        'retry-after',
        'ratelimit',
        'ratelimit-policy',
        'x-request-id',
        'link',
        'x-next-cursor',
      ]),
    );
  });

  it.each([
    ['no token', { token: undefined }, 401],
    ['no such path', { path: '/nowhere' }, 404],
    ['the wrong method', { method: 'PUT' }, 405],
    ['a scope that it lacks', { method: 'PATCH' }, 403],
  ])('may read which problem it is: %s', async (_name, more, status) => {
    const { token: _token, ...anybody } = from(SHOP);
    const asked = 'token' in more ? anybody : { ...from(SHOP), ...more };
    const reply = await call(SHOP, asked);
    expect(reply.status).toBe(status);
    expect(reply.headers['access-control-allow-origin']).toBe(SHOP);
    expect(reply.headers['vary']).toBe('Accept-Language, Origin');
  });

  it('may read that a server is away', async () => {
    const endpoints = { getCoupon: () => Promise.reject(new Error('away')) };
    const reply = await httpFunction({ endpoints, corsOrigins: SHOP })(from(SHOP));
    expect(reply.status).toBe(503);
    expect(reply.headers['access-control-allow-origin']).toBe(SHOP);
  });

  it.each([
    'https://shop.example.evil',
    'http://shop.example',
    'https://shop.example:8443',
    'https://SHOP.example',
    'null',
    '',
  ])('may not if its origin is %p, and no cache mixes the two up', async (origin) => {
    const reply = await call(SHOP, from(origin));
    expect(corsOf(reply)).toEqual({});
    expect(reply.headers['vary']).toBe('Origin');
    expect(corsOf(await call(SHOP, preflight(origin)))).toEqual({});
  });

  it('may from anywhere where CORS_ORIGINS is *, without its cookies', async () => {
    const reply = await call('*', from('https://anywhere.example'));
    expect(reply.headers['access-control-allow-origin']).toBe('*');
    expect(reply.headers['access-control-allow-credentials']).toBeUndefined();
    expect(reply.headers['vary']).toBeUndefined();
  });
});

describe('a preflight', () => {
  it('is told the methods of the path, and the headers that may be sent, for two hours', async () => {
    const reply = await call(SHOP, preflight(SHOP));
    expect([reply.status, reply.body]).toEqual([204, '']);
    expect(reply.headers).toMatchObject({
      allow: 'GET, HEAD, OPTIONS, POST',
      vary: 'Origin',
      'access-control-allow-origin': SHOP,
      'access-control-allow-methods': 'GET, HEAD, OPTIONS, POST',
      'access-control-max-age': '7200',
    });
    const allowed = reply.headers['access-control-allow-headers']?.split(', ');
    expect(allowed).toEqual(['authorization', 'content-type', 'idempotency-key', 'if-none-match']);
  });

  it('is more than an OPTIONS', async () => {
    const plain = await call(SHOP, { method: 'OPTIONS', path: COUPON, headers: { origin: SHOP } });
    expect(plain.status).toBe(204);
    expect(plain.headers['access-control-allow-methods']).toBeUndefined();
  });

  it('of nothing is answered as everything is there', async () => {
    expect(await call(SHOP, preflight(SHOP, '/nowhere'))).toMatchObject({ status: 401 });
  });
});

it.each(['https://shop.example/', 'shop.example', 'https://*.example', 'https://a.example;b'])(
  'a function does not start with the origin %s, which no browser sends',
  (origin) => {
    expect(() => httpFunction({ endpoints: {}, corsOrigins: `${SHOP},${origin}` })).toThrow(
      `CORS_ORIGINS: ${origin} is not an origin`,
    );
  },
);
