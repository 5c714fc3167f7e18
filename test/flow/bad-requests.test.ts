import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  bodiesWrongForAll,
  JSON_TYPE,
  unreadableBodies,
  wrongFields,
} from '../support/bad-bodies.ts';
import { CleanUp } from '../support/clean-up.ts';
import { couponBody } from '../support/coupons.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { json, type HttpCall } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { LogReader } from '../support/log-reader.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let flow: Flow;
let ledger: LedgerReader;
let log: LogReader;
let couponId: string;
let shopper: string;
let before: unknown;

/** All that a request could have stored. */
async function stored(): Promise<unknown> {
  return { ...(await ledger.counts()), records: await log.recordCount() };
}

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  const { endpoints } = flow.stack;
  ledger = cleanUp.add(new LedgerReader(endpoints.databaseUrl), (opened) => opened.close());
  log = cleanUp.add(await LogReader.open(endpoints), (opened) => opened.close());
  couponId = await flow.createCoupon();
  shopper = await flow.mint.token('shopper');
}, SLOW_MS);

beforeEach(async () => {
  before = await stored();
});

afterEach(async () => {
  expect(await stored()).toEqual(before);
});

afterAll(() => cleanUp.run(), SLOW_MS);

describe.each(['a new coupon', 'a claim'])('the body of %s', (what) => {
  const call = (body: string | Buffer, headers: Record<string, string>): HttpCall => ({
    method: 'POST',
    path: what === 'a claim' ? `/v1/coupons/${couponId}/issuances` : '/v1/coupons',
    token: what === 'a claim' ? shopper : flow.operatorToken,
    body,
    headers,
  });

  it.each(unreadableBodies)('is refused: %s', async (_name, body, headers, status, code) => {
    expectProblem(await flow.http.send(call(body, headers)), { status, code });
  });

  it.each(bodiesWrongForAll)('is refused with what is wrong named: %s', async (_name, body) => {
    const reply = await flow.http.send(call(body, JSON_TYPE));

    expectProblem(reply, { status: 400, code: 'invalid_request' });
    expect(json(reply)['errors']).not.toEqual([]);
    expect(json(reply)['errors']).toBeDefined();
  });

  it('is refused by the load balancer itself above 1 MB', async () => {
    const reply = await flow.http.send(call('x'.repeat(1_100_000), JSON_TYPE));

    expect(reply.status).toBe(413);
    expect(reply.headers['server']).toBe('awselb/2.0');
  });
});

describe('a new coupon', () => {
  const valid = couponBody();

  it.each(wrongFields)('is refused with %s, which is named', async (_name, changes, pointers) => {
    const reply = await flow.http.post('/v1/coupons', flow.operatorToken, { ...valid, ...changes });

    expectProblem(reply, { status: 400, code: 'invalid_request', pointers });
  });

  it.each([
    ['a number beyond all numbers', '"quantity":1e400', '/quantity'],
    ['__proto__', '"__proto__":{"quantity":5}', '/__proto__'],
    ['half of a surrogate pair, escaped', '"description":"\\ud800"', '/description'],
    ['NUL, escaped', '"description":"\\u0000"', '/description'],
    [
      '10,000 lists in each other',
      `"description":${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      '/description',
    ],
  ])('is refused with %s among valid fields, which is named', async (_name, field, pointer) => {
    const body = `${JSON.stringify({ ...valid, quantity: undefined }).slice(0, -1)},${field}${field.includes('"quantity":1e') ? '' : ',"quantity":5'}}`;

    const reply = await flow.http.post('/v1/coupons', flow.operatorToken, body);

    expectProblem(reply, { status: 400, code: 'invalid_request', pointers: [pointer] });
  });

  it('is refused when it is not UTF-8', async () => {
    const [head = '', tail = ''] = JSON.stringify({ ...valid, name: 'a|b' }).split('|');
    const body = Buffer.concat([Buffer.from(head), Buffer.from([0xff]), Buffer.from(tail)]);

    const reply = await flow.http.send({
      method: 'POST',
      path: '/v1/coupons',
      token: flow.operatorToken,
      headers: JSON_TYPE,
      body,
    });

    expectProblem(reply, { status: 400, code: 'malformed_json' });
  });

  it('is refused with an empty body', async () => {
    const reply = await flow.http.send({
      method: 'POST',
      path: '/v1/coupons',
      token: flow.operatorToken,
    });

    expectProblem(reply, { status: 400, code: 'invalid_request' });
  });
});

describe('a claim', () => {
  it.each([
    ['of 300 characters', 'x'.repeat(300)],
    ['with a blank', 'a b'],
    ['with letters of others', 'schl\u00fcssel'],
    ['that is empty', ''],
  ])('is refused with an Idempotency-Key %s', async (_name, key) => {
    const reply = await flow.http.send({
      method: 'POST',
      path: `/v1/coupons/${couponId}/issuances`,
      token: shopper,
      headers: { 'idempotency-key': key },
    });

    expectProblem(reply, { status: 400, code: 'invalid_request' });
  });
});

describe('a path', () => {
  it.each([
    ['/', 'not_found'],
    ['/v1', 'not_found'],
    ['/v1/', 'not_found'],
    ['/v2/coupons', 'not_found'],
    ['/v1/coupons/', 'not_found'],
    ['//v1/coupons', 'not_found'],
    ['/v1//coupons', 'not_found'],
    ['/v1%2Fcoupons', 'not_found'],
    ['/v1/Coupons', 'not_found'],
    ['/v1/./coupons', 'not_found'],
    ['/v1/coupons/../coupons', 'not_found'],
    ['/v1/coupons/a/b/c', 'not_found'],
    ['/v1/issuances/', 'not_found'],
    ['/v1/coupons/%zz', 'coupon_not_found'],
    ['/v1/coupons/UPPERCASE123', 'coupon_not_found'],
    ['/v1/coupons/short', 'coupon_not_found'],
    ['/v1/coupons/aaaaaaaaaaa%61', 'coupon_not_found'],
    ['/v1/coupons/aaaaaaaaaaaa%00', 'coupon_not_found'],
    ['/v1/coupons/__proto__', 'coupon_not_found'],
    [`/v1/coupons/${'a'.repeat(8_000)}`, 'coupon_not_found'],
    ['/v1/issuances/%zz', 'issuance_not_found'],
    ['/v1/issuances/%00', 'issuance_not_found'],
    ['/v1/issuances/1', 'issuance_not_found'],
    ["/v1/issuances/aaaaaaaaaaaa_'%20OR%20'1'='1", 'issuance_not_found'],
  ])('%s leads nowhere', async (path, code) => {
    expectProblem(await flow.http.get(path, shopper), { status: 404, code });
  });

  it.each(['%zz', 'short', '__proto__', '%2e%2e', 'aaaaaaaaaaa%61'])(
    'claims nothing of the coupon %s',
    async (id) => {
      const path = `/v1/coupons/${id}/issuances`;
      const reply = await flow.http.send({ method: 'POST', path, token: shopper });

      expectProblem(reply, { status: 404, code: 'coupon_not_found' });
    },
  );
});

describe('a method', () => {
  const known: readonly [string, string, string][] = [
    ['PUT', '/v1/coupons', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/v1/coupons', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', '/v1/coupons', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/v1/coupons/{id}', 'GET, HEAD, OPTIONS, PATCH'],
    ['DELETE', '/v1/coupons/{id}', 'GET, HEAD, OPTIONS, PATCH'],
    ['GET', '/v1/coupons/{id}/pause', 'OPTIONS, POST'],
    ['HEAD', '/v1/coupons/{id}/pause', 'OPTIONS, POST'],
    ['PUT', '/v1/coupons/{id}/issuances', 'GET, HEAD, OPTIONS, POST'],
    ['GET', '/v1/redemptions', 'OPTIONS, POST'],
    ['POST', '/v1/issuances/{id}', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/v1/issuances/{id}', 'GET, HEAD, OPTIONS'],
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/v1/coupons', 'GET, HEAD, OPTIONS, POST'],
  ];

  it.each(known)(
    '%s is not allowed at %s; those that are are named',
    async (method, path, allow) => {
      const reply = await flow.http.send({
        method,
        path: path.replace('{id}', couponId),
        token: flow.operatorToken,
      });

      expect(reply.headers.allow).toBe(allow);
      if (method === 'HEAD') expect([reply.status, reply.text]).toEqual([405, '']);
      else expectProblem(reply, { status: 405, code: 'method_not_allowed' });
    },
  );

  it('HEAD answers as GET does, without the body', async () => {
    const path = `/v1/coupons/${couponId}`;
    const got = await flow.http.get(path, shopper);
    const head = await flow.http.send({ method: 'HEAD', path, token: shopper });

    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.etag).toBe(got.headers.etag);
    expect(head.headers['content-type']).toBe(got.headers['content-type']);
    const unknown = { method: 'HEAD', path: '/v1/coupons/zzzzzzzzzzzz', token: shopper };
    expect(await flow.http.send(unknown)).toMatchObject({ status: 404, text: '' });
  });

  it('OPTIONS names what is allowed, to anybody', async () => {
    const answers = [
      ['/v1/coupons', 'GET, HEAD, OPTIONS, POST'],
      [`/v1/coupons/${couponId}`, 'GET, HEAD, OPTIONS, PATCH'],
      [`/v1/coupons/${couponId}/issuances`, 'GET, HEAD, OPTIONS, POST'],
      [`/v1/issuances/${couponId}_${'A'.repeat(22)}`, 'GET, HEAD, OPTIONS'],
      ['/health', 'GET, HEAD, OPTIONS'],
    ] as const;
    for (const [path, allow] of answers) {
      const reply = await flow.http.send({ method: 'OPTIONS', path });
      expect([reply.status, reply.text, reply.headers.allow]).toEqual([204, '', allow]);
    }
  });
});

describe('a query', () => {
  it.each([
    ['limit=0', '?limit'],
    ['limit=abc', '?limit'],
    ['limit=101', '?limit'],
    ['limit=-1', '?limit'],
    ['limit=1.5', '?limit'],
    ['limit=1e1', '?limit'],
    ['limit=', '?limit'],
    ['limit=%zz', '?limit'],
    ['limit=99999999999999999999', '?limit'],
    ['state=foo', '?state'],
    ['state=', '?state'],
    ['state=%zz', '?state'],
    ['state=__proto__', '?state'],
  ])('%s is refused, and named', async (query, pointer) => {
    const reply = await flow.http.get(`/v1/coupons?${query}`, shopper);

    expectProblem(reply, { status: 400, code: 'invalid_request', pointers: [pointer] });
  });

  const encoded = (cursor: unknown): string =>
    Buffer.from(JSON.stringify(cursor)).toString('base64url');

  it.each([
    'garbage',
    '',
    '%zz',
    '%00',
    'null',
    encoded(null),
    encoded([]),
    encoded({ id: 'a' }),
    encoded([1, 'short']),
    encoded(['1', 'aaaaaaaaaaaa']),
    encoded([1e300, 'aaaaaaaaaaaa']),
    encoded([8.64e15 + 1, 'aaaaaaaaaaaa']),
    encoded([-8.64e15, 'aaaaaaaaaaaa']),
    encoded([8.64e15, 'aaaaaaaaaaaa']),
    encoded([1, "aaaaaaaaaaa'"]),
  ])('cursor=%s is refused, or leads to a page', async (cursor) => {
    const reply = await flow.http.get(`/v1/coupons?cursor=${cursor}`, shopper);

    // Any time that can be written is a place to go on from, also one nobody was given.
    if (reply.status === 200) expect(json(reply)['items']).toBeInstanceOf(Array);
    else expectProblem(reply, { status: 400, code: 'invalid_cursor' });
  });
});

it('takes a claim, a coupon and a health check that are as they should be', async () => {
  const empty = await flow.createCoupon();
  const bodies = [undefined, '{}', ' {} '];
  for (const [i, body] of bodies.entries()) {
    const token = await flow.mint.token(`good-${i}`);
    const reply = await flow.http.send({
      method: 'POST',
      path: `/v1/coupons/${empty}/issuances`,
      token,
      ...(body === undefined
        ? {}
        : { body, headers: { 'content-type': 'application/json; charset=utf-8' } }),
    });
    expect(reply.status).toBe(202);
  }
  expect(await flow.http.get('/health', undefined)).toMatchObject({ status: 200 });
  expect(await flow.http.get('/v1/coupons?unknown=%zz', shopper)).toMatchObject({ status: 200 });
  expect(broken(await flow.invariants(couponId))).toEqual([]);
  before = await stored();
});
