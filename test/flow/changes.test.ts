import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { Operator } from '../support/operator.ts';
import { users } from '../support/shoppers.ts';

const SLOW_MS = 120_000;
const HOUR_MS = 3_600_000;

const cleanUp = new CleanUp();
let flow: Flow;
let operator: Operator;
let ledger: LedgerReader;
let couponId: string;

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  operator = cleanUp.add(new Operator(flow), (opened) => {
    opened.close();
  });
  const { databaseUrl } = flow.stack.endpoints;
  ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

beforeEach(async () => {
  couponId = await flow.createCoupon({ quantity: 5 });
});

const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

function audited(action: string): Promise<number> {
  return ledger.run('SELECT FROM audit WHERE coupon_id = $1 AND action = $2', [couponId, action]);
}

describe('PATCH of a coupon', () => {
  it('answers with the coupon as it is now, and everybody sees it at once', async () => {
    const reader = await flow.mint.token('reader');
    const path = `/v1/coupons/${couponId}`;
    const before = await flow.http.get(path, reader);
    const changes = {
      name: '오픈 기념 5,000원',
      description: 'More of them',
      quantity: 7,
      issueEndsAt: inHours(2),
    };
    const changed = await operator.patch(couponId, changes);
    expect([changed.status, json(changed)]).toEqual([
      200,
      { ...json(before), ...changes, remaining: 7, serverTime: expect.any(String) },
    ]);
    const after = await flow.http.get(path, reader);
    expect(json(after)).toMatchObject(changes);
    expect(after.headers.etag).not.toBe(before.headers.etag);
    expect(await audited('coupon.changed')).toBe(1);
    expect(broken(await flow.invariants(couponId))).toEqual([]);
  });

  it('of nothing, or of what is so already, changes nothing', async () => {
    const before = json(await operator.get(couponId));
    for (const body of [
      {},
      { quantity: 5 },
      { name: 'Sample', issueEndsAt: before['issueEndsAt'] },
    ]) {
      const reply = await operator.patch(couponId, body);
      expect([reply.status, json(reply)]).toEqual([
        200,
        { ...before, serverTime: expect.any(String) },
      ]);
    }
    expect(await audited('coupon.changed')).toBe(0);
  });

  it.each([
    ['a list', [], ['']],
    ['a text', 'null', ['']],
    ['no quantity at all', { quantity: 0 }, ['/quantity']],
    ['null', { name: null, description: null }, ['/name', '/description']],
    ['what can not be changed', { perUserLimit: 2, state: 'open' }, ['/perUserLimit', '/state']],
    ['an end in the past', { issueEndsAt: inHours(-0.5) }, ['/issueEndsAt']],
    ['an end before the start', { issueEndsAt: inHours(-2) }, ['/issueEndsAt']],
    ['an end that is no time', { issueEndsAt: 'tomorrow' }, ['/issueEndsAt']],
  ])('refuses %s', async (_name, body, pointers) => {
    const reply = await operator.patch(couponId, body);
    expectProblem(reply, { status: 400, code: 'invalid_request', pointers });
    expect(await audited('coupon.changed')).toBe(0);
  });

  it('is for operators, of coupons that are there, with a body of JSON', async () => {
    const shopper = await flow.mint.token('shopper', 'coupons:use coupons:checkout');
    const forbidden = { status: 403, code: 'insufficient_scope' };
    expectProblem(await operator.patch('zzzzzzzzzzzz', {}, shopper), forbidden);
    expectProblem(await operator.post(couponId, 'close', shopper), forbidden);
    expectProblem(await flow.http.get(`/v1/coupons/${couponId}/stats`, shopper), forbidden);
    const unknown = { status: 404, code: 'coupon_not_found' };
    for (const id of ['zzzzzzzzzzzz', 'no-id', 'ZZZZZZZZZZZZ']) {
      expectProblem(await operator.patch(id, {}), unknown);
      expectProblem(await operator.post(id, 'pause'), unknown);
      expectProblem(await operator.get(id, '/stats'), unknown);
    }
    const text = await flow.http.send({
      method: 'PATCH',
      path: `/v1/coupons/${couponId}`,
      token: flow.operatorToken,
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    expectProblem(text, { status: 415, code: 'unsupported_media_type' });
    expectProblem(await flow.http.post(`/v1/coupons/${couponId}/pause`, flow.operatorToken, [1]), {
      status: 400,
      code: 'invalid_request',
    });
  });

  it('says how many are given when the quantity would be less, in the language of the caller', async () => {
    await Promise.all(users('given', 3).map((user) => flow.shoppers.claim(couponId, user)));
    const reply = await flow.http.send({
      method: 'PATCH',
      path: `/v1/coupons/${couponId}`,
      token: flow.operatorToken,
      headers: { 'content-type': 'application/json', 'accept-language': 'ko' },
      body: '{"quantity":2}',
    });
    expect([reply.status, json(reply)]).toMatchObject([
      409,
      {
        code: 'quantity_below_issued',
        detail: '이미 3개가 발급되어 그보다 적은 수량으로 바꿀 수 없습니다.',
      },
    ]);
    expect((await operator.patch(couponId, { quantity: 3 })).status).toBe(200);
    expect(await flow.shoppers.claim(couponId, 'one-more')).toMatchObject({ code: 'sold_out' });
    expect(broken(await flow.invariants(couponId))).toEqual([]);
  });
});

describe('pause, resume and close', () => {
  it('can be asked for twice, and closed is final', async () => {
    const states: unknown[] = [];
    for (const verb of ['pause', 'pause', 'resume', 'resume', 'close', 'close'] as const) {
      const reply = await operator.post(couponId, verb);
      expect(reply.status).toBe(200);
      states.push(json(reply)['state'], json(await operator.get(couponId))['state']);
    }
    expect(states).toEqual(
      ['paused', 'paused', 'open', 'open', 'closed', 'closed'].flatMap((state) => [state, state]),
    );
    for (const action of ['coupon.paused', 'coupon.resumed', 'coupon.closed']) {
      expect(await audited(action)).toBe(1);
    }
    const final = { status: 409, code: 'invalid_transition' };
    expectProblem(await operator.post(couponId, 'pause'), final);
    expectProblem(await operator.post(couponId, 'resume'), final);
    expectProblem(await operator.patch(couponId, { quantity: 9 }), final);
    expect((await operator.patch(couponId, { name: 'It was fun' })).status).toBe(200);
    expect(broken(await flow.invariants(couponId))).toEqual([]);
  });

  it('pauses before the window begins, not after it has ended', async () => {
    couponId = await flow.createCoupon({ issueStartsAt: inHours(0.5) });
    expect(json(await operator.post(couponId, 'pause'))['state']).toBe('paused');
    expect(json(await operator.post(couponId, 'resume'))['state']).toBe('scheduled');
    couponId = await flow.createCoupon({ issueStartsAt: inHours(-2), issueEndsAt: inHours(-1) });
    expectProblem(await operator.post(couponId, 'pause'), {
      status: 409,
      code: 'invalid_transition',
    });
  });

  it('opens the gate of a coupon that never had one, when its window is extended', async () => {
    couponId = await flow.createCoupon({ issueStartsAt: inHours(-2), issueEndsAt: inHours(-1) });
    expect((await operator.patch(couponId, { issueEndsAt: inHours(1) })).status).toBe(200);
    expect(await flow.shoppers.claimUntilSettled(couponId, 'patient')).toMatchObject({
      status: 202,
    });
    expect(broken(await flow.invariants(couponId))).toEqual([]);
  });
});
