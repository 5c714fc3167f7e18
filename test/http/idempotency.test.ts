import { beforeEach, describe, expect, it } from '@jest/globals';
import { isCouponId } from '../../lambdas/domain/coupon.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import type { Answer } from '../../lambdas/http/answer.ts';
import { json, problem } from '../../lambdas/http/answer.ts';
import type { Call } from '../../lambdas/http/http-handler.ts';
import type { IdempotentThing } from '../../lambdas/http/idempotency.ts';
import { MemoryIdempotencyStore } from '../fakes/memory-idempotency-store.ts';
import {
  httpFunction,
  logger,
  type FunctionCall,
  type FunctionReply,
} from '../support/http-function.ts';

const DAY_SECONDS = 86_400;
const COUPONS = '/v1/coupons';

let now: number;
let store: MemoryIdempotencyStore;
let calls: Call[];
/** What the endpoint answers to its nth call. */
let answers: (Answer | (() => Promise<Answer>))[];
let send: (call: FunctionCall) => Promise<FunctionReply>;

beforeEach(() => {
  now = 1_000_000;
  store = new MemoryIdempotencyStore(DAY_SECONDS, () => now);
  calls = [];
  answers = [];
  const endpoint = (call: Call): Promise<Answer> => {
    const given = answers[calls.push(call) - 1];
    if (typeof given === 'function') return given();
    return Promise.resolve(given ?? json(201, { n: calls.length }, { location: '/v1/coupons/x' }));
  };
  send = httpFunction({
    endpoints: {
      createCoupon: endpoint,
      pauseCoupon: endpoint,
      issueCoupon: endpoint,
      getCoupon: endpoint,
      changeCoupon: endpoint,
    },
    idempotencyStore: store,
  });
});

const post = (changes: Partial<FunctionCall> = {}, key = 'key-1'): Promise<FunctionReply> =>
  send({
    method: 'POST',
    path: COUPONS,
    token: 'olga.manage',
    body: { a: 1, b: 2 },
    ...changes,
    headers: { 'idempotency-key': key, ...changes.headers },
  });

const idOf = (call: Call | undefined, thing: IdempotentThing = 'coupon'): string | undefined =>
  call?.idempotentId(thing);

describe('the same key', () => {
  it('with the same request gets the same answer, and nothing is done again', async () => {
    const first = await post();
    const again = await post({
      body: ' {"b":2, "a":1} ',
      headers: { 'content-type': 'application/json' },
    });
    expect(calls).toHaveLength(1);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers).toMatchObject({
      'content-type': 'application/json',
      location: '/v1/coupons/x',
      'idempotency-replayed': 'true',
    });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
  });

  it('with a reply without a body gets that again', async () => {
    answers = [{ kind: 'empty', status: 204, headers: { etag: '"1"' } }];
    await post();
    const again = await post();
    expect([again.status, again.body, again.headers['etag']]).toEqual([204, '', '"1"']);
  });

  it.each([
    ['another body', { body: { a: 1, b: 3 } }],
    ['no body', { body: undefined }],
    ['another path', { path: `${COUPONS}/couponcoupon/pause` }],
  ])('with %s is refused', async (_name, changes) => {
    await post();
    expect(await post(changes)).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
    expect(calls).toHaveLength(1);
  });

  it('with another body is refused also while the first request is under way', async () => {
    let finish: (answer: Answer) => void = () => undefined;
    answers = [() => new Promise((resolve) => (finish = resolve))];
    const first = post();
    await Promise.resolve();
    while (calls.length === 0) await new Promise(setImmediate);
    expect(await post({ body: { a: 2 } })).toMatchObject({ status: 422 });
    finish(json(201, {}));
    expect(await first).toMatchObject({ status: 201 });
  });

  it('of another caller is another key', async () => {
    await post();
    expect(await post({ token: 'otto.manage', body: { other: 1 } })).toMatchObject({ status: 201 });
    expect(calls).toHaveLength(2);
    expect(idOf(calls[0])).not.toBe(idOf(calls[1]));
  });

  it('is a new one after a day', async () => {
    await post();
    now += DAY_SECONDS * 1_000 + 1;
    expect(await post({ body: { other: 1 } })).toMatchObject({ status: 201 });
    expect(idOf(calls[0])).not.toBe(idOf(calls[1]));
  });

  it('of requests at the same time gives them the one answer that was kept first', async () => {
    const replies = await Promise.all([post(), post(), post()]);
    expect(new Set(replies.map(({ body }) => body)).size).toBe(1);
    expect(new Set(calls.map((call) => idOf(call))).size).toBe(1);
  });
});

describe('a refusal', () => {
  it.each([
    ['is told anew', problem('invalid_transition'), 409],
    ['for an id that is none is told anew', problem('coupon_not_found'), 404],
    ['for a wrong body is told anew', problem('invalid_request'), 400],
  ])('%s', async (_name, refusal, status) => {
    answers = [refusal];
    expect(await post()).toMatchObject({ status });
    expect(await post()).toMatchObject({ status: 201 });
  });

  it('frees its key, so that the request can be mended', async () => {
    answers = [problem('invalid_request')];
    await post();
    expect(await post({ body: { mended: true } })).toMatchObject({ status: 201 });
  });

  it('does not free the key of an attempt whose outcome is not known', async () => {
    answers = [problem('outcome_unknown'), problem('invalid_transition')];
    await post();
    await post();
    expect(await post({ body: { other: 1 } })).toMatchObject({ status: 422 });
  });
});

describe('an attempt that died', () => {
  it.each([
    ['with a 503', () => Promise.reject(new LedgerUnavailable('away'))],
    ['with a bug', () => Promise.reject(new TypeError('bug'))],
  ])('%s is run again, and what it creates has the same id', async (_name, died) => {
    answers = [died];
    expect(await post()).toMatchObject({ status: 503 });
    expect(await post({ body: { other: 1 } })).toMatchObject({ status: 422 });
    expect(await post()).toMatchObject({ status: 201 });
    expect(calls).toHaveLength(2);
    expect(idOf(calls[0])).toBe(idOf(calls[1]));
    expect(idOf(calls[0], 'grant')).toBe(idOf(calls[1], 'grant'));
  });

  it('is told the truth if only its reply could not be kept', async () => {
    store.keep = () => Promise.reject(new LedgerUnavailable('away'));
    logger.lines.length = 0;
    expect(await post()).toMatchObject({ status: 201 });
    expect(JSON.stringify(logger.lines)).toContain('LedgerUnavailable');
  });
});

it('nothing runs while the keys can’t be asked for', async () => {
  store.claim = () => Promise.reject(new LedgerUnavailable('away'));
  expect(await post()).toMatchObject({ status: 503, json: { code: 'unavailable' } });
  expect(calls).toEqual([]);
});

it('a reply of more than 64 KB is not kept: the request is run again', async () => {
  answers = [json(200, { text: 'x'.repeat(70_000) }), json(200, { text: '' })];
  await post();
  expect(await post()).toMatchObject({ status: 200, json: { text: '' } });
  expect(await post({ body: { other: 1 } })).toMatchObject({ status: 422 });
});

it('what is no success is not kept', async () => {
  answers = [{ kind: 'empty', status: 304 }, json(200, {})];
  await post();
  expect(await post()).toMatchObject({ status: 200 });
});

it('the user that a reply names is kept beside it, for an erasure', async () => {
  answers = [json(200, { userId: 'anna' }), json(200, { userId: null })];
  await post();
  await post({}, 'key-2');
  expect([...store.entries.values()].map(({ reply }) => reply?.subject)).toEqual([
    'anna',
    undefined,
  ]);
});

describe('a key', () => {
  it.each([
    ['of 256 characters', 'x'.repeat(256)],
    ['with a blank', 'a b'],
    ['with letters of others', 'schl\u00fcssel'],
    ['that is empty', ''],
    ['given twice', ['a', 'b']],
  ])('%s is refused before anything else of it', async (_name, key) => {
    const reply = await post({ headers: { 'idempotency-key': key } });
    expect(reply).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(reply.json['detail']).toContain('Idempotency-Key');
    expect(calls).toEqual([]);
    expect(store.entries.size).toBe(0);
  });

  it('of 255 visible characters is taken', async () => {
    expect(await post({}, '~'.repeat(255))).toMatchObject({ status: 201 });
  });

  it('is not asked for', async () => {
    const call = { method: 'POST', path: COUPONS, token: 'olga.manage', body: {} };
    await send(call);
    await send(call);
    expect(calls).toHaveLength(2);
    expect(idOf(calls[0])).toBeUndefined();
    expect(store.entries.size).toBe(0);
  });

  it.each([
    ['of a claim', 'POST', `${COUPONS}/couponcoupon/issuances`, 'anna.use'],
    ['of a GET', 'GET', `${COUPONS}/couponcoupon`, 'anna.use'],
    ['of a PATCH', 'PATCH', `${COUPONS}/couponcoupon`, 'olga.manage'],
  ])('%s is nothing to this', async (_name, method, path, token) => {
    await post({ method, path, token });
    await post({ method, path, token });
    expect(calls).toHaveLength(2);
    expect(store.entries.size).toBe(0);
  });

  it('of a function without a store is a fault, not a promise that nobody keeps', async () => {
    const endpoints = { createCoupon: () => Promise.resolve(json(201, {})) };
    const reply = await httpFunction({ endpoints })({
      method: 'POST',
      path: COUPONS,
      token: 'olga.manage',
      headers: { 'idempotency-key': 'x' },
    });
    expect(reply.status).toBe(503);
  });
});

it('ids of created things have the shape of their kind', async () => {
  for (let i = 0; i < 50; i += 1) await post({}, `key-${i}`);
  const coupons = calls.map((call) => idOf(call) ?? '');
  const grants = calls.map((call) => idOf(call, 'grant') ?? '');
  expect(coupons.every(isCouponId)).toBe(true);
  expect(grants.every((id) => /^[\w-]{22}$/.test(id))).toBe(true);
  expect(new Set([...coupons, ...grants]).size).toBe(100);
});
