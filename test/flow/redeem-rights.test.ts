import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { orderOf } from '../support/checkout.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { pauseRecording, resumeRecording } from '../../local/recording.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let flow: Flow;
let couponId: string;
let id: string;
let owner: string;
let stranger: string;

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  owner = await flow.mint.token('owner');
  stranger = await flow.mint.token('stranger');
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

async function codeOf(issuanceId: string): Promise<string> {
  return String(json(await flow.http.get(`/v1/issuances/${issuanceId}`, owner))['code']);
}

describe('of a coupon that only the shop redeems', () => {
  beforeEach(async () => {
    couponId = await flow.createCoupon();
    id = await flow.issue(couponId, 'owner');
  });

  it('shoppers redeem nothing, and learn nothing of others’ issuances', async () => {
    const code = await codeOf(id);
    const forbidden = { status: 403, code: 'self_redeem_not_allowed' };
    const unknown = { status: 404, code: 'issuance_not_found' };
    expect(await flow.checkout.redeem(id, 'order-1', {}, owner)).toMatchObject(forbidden);
    expect(await flow.checkout.redeemCode(code, id, 'order-1', owner)).toMatchObject(forbidden);
    expect(await flow.checkout.redeem(id, 'order-1', {}, stranger)).toMatchObject(unknown);
    expect(await flow.checkout.redeemCode(code, id, 'order-1', stranger)).toMatchObject(unknown);
    expect((await flow.checkout.redeem(id, 'order-1')).status).toBe(201);
    // Also of what the shop has redeemed with this order.
    expect(await flow.checkout.redeem(id, 'order-1', {}, owner)).toMatchObject(forbidden);
  });

  it.each([
    ['a shopper', 'coupons:use', ['holds', 'release', 'rollback', 'revoke']],
    ['the shop', 'coupons:checkout', ['list', 'revoke']],
    ['an operator', 'coupons:manage', ['quotes', 'holds', 'release', 'redemptions', 'by code']],
  ])('%s may not do everything', async (_, scope, refused) => {
    const token = await flow.mint.token('owner', scope);
    const post = (path: string): Promise<HttpReply> =>
      flow.http.post(`/v1/${path}`, token, { order: orderOf('order-1'), orderId: 'order-1' });
    const path = `/v1/issuances/${id}/holds/order-1`;
    const calls: Record<string, () => Promise<HttpReply>> = {
      quotes: () => post(`issuances/${id}/quotes`),
      holds: () => post(`issuances/${id}/holds`),
      release: () => flow.http.send({ method: 'DELETE', path, token }),
      redemptions: () => post(`issuances/${id}/redemptions`),
      'by code': () => post('redemptions'),
      rollback: () => post(`redemptions/${'A'.repeat(22)}/rollback`),
      revoke: () => post(`issuances/${id}/revoke`),
      list: () => flow.http.get('/v1/issuances', token),
    };
    const answers = Object.entries(calls).map(async ([name, call]) => {
      const reply = await call();
      return json(reply)['code'] === 'insufficient_scope' ? [name] : [];
    });
    expect((await Promise.all(answers)).flat().toSorted()).toEqual(refused.toSorted());
  });
});

describe('of a coupon that shoppers redeem themselves', () => {
  beforeEach(async () => {
    couponId = await flow.createCoupon({ selfRedeem: true });
    id = await flow.issue(couponId, 'owner');
  });

  it('its owner redeems an issuance, by id and by code alike, and nobody else does', async () => {
    const code = await codeOf(id);
    const unknown = { status: 404, code: 'issuance_not_found' };
    expect(await flow.checkout.redeem(id, 'order-1', {}, stranger)).toMatchObject(unknown);
    expect(await flow.checkout.redeemCode(code, id, 'order-1', stranger)).toMatchObject(unknown);

    const first = await flow.checkout.redeemCode(code, id, 'order-1', owner);
    const again = await flow.checkout.redeem(id, 'order-1', {}, owner);

    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.reply?.text).toBe(first.reply?.text);
    expect(await flow.checkout.redeem(id, 'order-2', {}, owner)).toMatchObject({
      code: 'already_redeemed',
    });
    expect(broken(await flow.invariants(couponId))).toEqual([]);
  });

  it('the shop’s own token redeems as it always does, also one that may act as a shopper', async () => {
    const both = await flow.mint.token('shop', 'coupons:use coupons:checkout');
    expect((await flow.checkout.redeem(id, 'order-1', {}, both)).status).toBe(201);
  });
});

describe('an issuance that is accepted and not yet recorded', () => {
  it(
    'is not ready for anything, and soon is; of another user’s nothing is told',
    async () => {
      couponId = await flow.createCoupon();
      await pauseRecording(flow.stack.endpoints);
      const { issuance } = await flow.shoppers.claim(couponId, 'owner');
      id = issuance?.id ?? '';
      const notReady = { status: 409, code: 'issuance_not_ready' };
      const order = orderOf('order-1');

      expectProblem(await flow.checkout.quote(id, order), notReady);
      expectProblem(await flow.checkout.quote(id, order, owner), notReady);
      expectProblem(await flow.checkout.hold(id, 'order-1'), notReady);
      expectProblem(await flow.checkout.release(id, 'order-1'), notReady);
      expectProblem(await flow.revoke(id), notReady);
      expect(await flow.checkout.redeem(id, 'order-1')).toMatchObject(notReady);
      const unknown = { status: 404, code: 'issuance_not_found' };
      expectProblem(await flow.checkout.quote(id, order, stranger), unknown);

      await resumeRecording(flow.stack.endpoints);
      const redeemed = await until('it is redeemed', 10_000, async () => {
        const reply = await flow.checkout.redeem(id, 'order-1');
        return reply.status === 201 ? reply : undefined;
      });
      expect(redeemed.redemption?.issuanceId).toBe(id);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );
});

describe('an issuance that there is not', () => {
  it.each([
    ['of a wrong shape', () => 'x'],
    ['of no coupon', () => `zzzzzzzzzzzz_${'A'.repeat(22)}`],
    ['of nobody', () => `${couponId}_${'A'.repeat(22)}`],
  ])('is found by no call: %s', async (_, newId) => {
    couponId = await flow.createCoupon();
    const missing = newId();
    const unknown = { status: 404, code: 'issuance_not_found' };
    expectProblem(await flow.checkout.quote(missing, orderOf('order-1')), unknown);
    expectProblem(await flow.checkout.hold(missing, 'order-1'), unknown);
    expectProblem(await flow.checkout.release(missing, 'order-1'), unknown);
    expectProblem(await flow.revoke(missing), unknown);
    expect(await flow.checkout.redeem(missing, 'order-1')).toMatchObject(unknown);
  });
});
