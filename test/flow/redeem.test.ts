import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { issuanceReply } from '../../lambdas/api/issuance.ts';
import { quoteReply, redemptionReply, rollbackReply } from '../../lambdas/api/redemption.ts';
import { orderOf } from '../support/checkout.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let flow: Flow;
let ledger: LedgerReader;
/** Of the test's own coupon: 5,000 won off. */
let couponId: string;
let id: string;

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  const { databaseUrl } = flow.stack.endpoints;
  ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

beforeEach(async () => {
  couponId = await flow.createCoupon();
  id = await flow.issue(couponId, 'owner');
});

afterEach(async () => {
  expect(broken(await flow.invariants(couponId))).toEqual([]);
});

async function read(token = flow.checkout.token): Promise<Record<string, unknown>> {
  const reply = await flow.http.get(`/v1/issuances/${id}`, token);
  return issuanceReply.parse(json(reply));
}

function failuresOf(reply: HttpReply | undefined): string[] {
  if (reply === undefined) throw new Error('no reply');
  const { failures = [] } = json(reply);
  return (failures as { code: string; detail: string }[]).map(({ code, detail }) => {
    expect(detail).toMatch(/\w/);
    return code;
  });
}

/** Time passes in the ledger. */
async function expire(): Promise<void> {
  await ledger.run('UPDATE issuances SET valid_until = now() WHERE id = $1', [id]);
}

describe('an issuance', () => {
  it('is redeemed by an order, which is told what it takes off', async () => {
    const items = [1, 2].map((i) => ({
      productId: `p${i}`,
      categoryIds: [],
      quantity: i,
      amount: 25_000,
    }));
    const { reply, redemption } = await flow.checkout.redeem(id, 'order-1', { items });

    expect(reply?.status).toBe(201);
    expect(reply?.headers.location).toBeUndefined();
    const body = redemptionReply.parse(redemption);
    expect(body).toMatchObject({
      issuanceId: id,
      orderId: 'order-1',
      discount: 5_000,
      payable: 45_000,
      currency: 'KRW',
    });
    expect(body.allocations).toHaveLength(2);
    expect(body.allocations.reduce((sum, amount) => sum + amount, 0)).toBe(5_000);
    expect(Math.abs(Date.parse(body.redeemedAt) - Date.now())).toBeLessThan(60_000);
    const { id: redemptionId, redeemedAt } = body;
    const owner = await flow.mint.token('owner');
    expect((await read())['redemption']).toEqual({
      id: redemptionId,
      orderId: 'order-1',
      redeemedAt,
    });
    expect(await read(owner)).toMatchObject({ state: 'redeemed', redemption: { redeemedAt } });
  });

  it('is redeemed again by the same order, whatever has changed since: the same answer', async () => {
    const first = await flow.checkout.redeem(id, 'order-1');
    await ledger.run(`UPDATE coupons SET conditions = '{"minOrderAmount":1000000}' WHERE id = $1`, [
      couponId,
    ]);
    await expire();

    const again = await flow.checkout.redeem(id, 'order-1', { amount: 7, currency: 'USD' });

    expect(again.status).toBe(200);
    expect(again.reply?.text).toBe(first.reply?.text);
    expect(await flow.checkout.redeem(id, 'order-2')).toMatchObject({ code: 'already_redeemed' });
  });

  it('is redeemed by its code, however it was typed', async () => {
    const code = String((await read(await flow.mint.token('owner')))['code']);
    const typed = `${code.slice(0, 4)}-${code.slice(4, 9)} ${code.slice(9)}`
      .toLowerCase()
      .replaceAll('1', 'l')
      .replaceAll('0', 'o');

    const first = await flow.checkout.redeemCode(typed, id, 'order-1');
    const again = await flow.checkout.redeem(id, 'order-1');

    expect([first.status, first.redemption?.issuanceId]).toEqual([201, id]);
    expect([again.status, again.reply?.text]).toEqual([200, first.reply?.text]);
    for (const wrong of [code.slice(1), `${code}0`, '0'.repeat(26), 'U'.repeat(26), '😀']) {
      expect(await flow.checkout.redeemCode(wrong, id, 'order-1')).toMatchObject({
        status: 404,
        code: 'issuance_not_found',
      });
    }
  });

  it('is not redeemed by an order that its conditions do not allow, which is told all of them', async () => {
    couponId = await flow.createCoupon({
      conditions: { minOrderAmount: 30_000, firstOrderOnly: true },
    });
    id = await flow.issue(couponId, 'owner');

    const refused = await flow.checkout.redeem(id, 'order-1', { amount: 29_999, currency: 'USD' });
    const allowed = await flow.checkout.redeem(id, 'order-1', { firstOrder: true });

    expect([refused.status, refused.code]).toEqual([422, 'conditions_not_met']);
    expect(failuresOf(refused.reply)).toEqual(['currency', 'min_order_amount', 'first_order_only']);
    expect(allowed.status).toBe(201);
  });

  it('is not redeemed before it is valid', async () => {
    const from = Date.now() + 3_000;
    const validity = {
      from: new Date(from).toISOString(),
      until: new Date(from + 60_000).toISOString(),
    };
    couponId = await flow.createCoupon({ validity });
    id = await flow.issue(couponId, 'owner');

    const early = await flow.checkout.redeem(id, 'order-1', { currency: 'USD' });
    expect([early.status, early.code]).toEqual([422, 'conditions_not_met']);
    expect(failuresOf(early.reply)).toEqual(['not_yet_valid', 'currency']);
    expect(early.reply?.text).toContain(validity.from);

    const inTime = await until('it is valid', 10_000, async () => {
      const reply = await flow.checkout.redeem(id, 'order-1');
      return reply.status === 201 ? reply : undefined;
    });
    expect(Date.parse(inTime.redemption?.redeemedAt ?? '')).toBeGreaterThanOrEqual(from);
  });

  it('is not redeemed once it has expired', async () => {
    await expire();
    expect(await flow.checkout.redeem(id, 'order-1')).toMatchObject({
      status: 409,
      code: 'issuance_expired',
    });
    expect(await read()).toMatchObject({ state: 'expired' });
  });
});

describe('a rollback', () => {
  it('makes the issuance usable again, for any order but the one that is rolled back', async () => {
    const { redemption } = await flow.checkout.redeem(id, 'order-1');
    const redemptionId = redemption?.id ?? '';

    const undone = await flow.checkout.rollBack(redemptionId);
    const again = await flow.checkout.rollBack(redemptionId, flow.operatorToken);

    expect([undone.status, again.status, again.text]).toEqual([200, 200, undone.text]);
    expect(rollbackReply.parse(json(undone))).toMatchObject({ ...redemption });
    expect(await read()).toMatchObject({ state: 'issued' });
    const sameOrder = await flow.checkout.redeem(id, 'order-1');
    expect([sameOrder.status, sameOrder.code]).toEqual([409, 'order_rolled_back']);
    const newOrder = await flow.checkout.redeem(id, 'order-2');
    expect(newOrder.status).toBe(201);
    await flow.checkout.rollBack(redemptionId);
    expect(await read()).toMatchObject({ redemption: { orderId: 'order-2' } });
  });

  it.each(['x', 'A'.repeat(22), '%00'.repeat(22), `${'A'.repeat(21)}'`])(
    'of what there is not is none: %s',
    async (redemptionId) => {
      const reply = await flow.checkout.rollBack(redemptionId);
      expectProblem(reply, { status: 404, code: 'redemption_not_found' });
    },
  );
});

describe('a quote', () => {
  const quote = async (orderId: string, changes = {}): Promise<Record<string, unknown>> => {
    const reply = await flow.checkout.quote(id, orderOf(orderId, changes));
    expect(reply.status).toBe(200);
    return quoteReply.parse(json(reply));
  };

  it('says what redeeming would come to, and changes nothing', async () => {
    expect(await quote('order-1')).toEqual({
      eligible: true,
      discount: 5_000,
      payable: 45_000,
      currency: 'KRW',
      allocations: [],
      failures: [],
    });
    expect(await read()).toMatchObject({ state: 'issued' });
  });

  it('names all that stands in the way, of the issuance and of the order', async () => {
    await flow.checkout.hold(id, 'order-1');
    expect(await quote('order-1')).toMatchObject({ eligible: true });
    const refused = await quote('order-2', { currency: 'USD', amount: 100 });
    expect(refused).toMatchObject({ eligible: false, discount: 0, payable: 100, currency: 'USD' });
    const codes = (refused['failures'] as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(['issuance_held', 'currency']);

    await flow.checkout.redeem(id, 'order-1');
    expect(await quote('order-1', { amount: 1 })).toMatchObject({
      eligible: true,
      discount: 5_000,
    });
    expect(await quote('order-2')).toMatchObject({ failures: [{ code: 'already_redeemed' }] });
  });

  it('is given to shoppers too, of their own issuances, in their language', async () => {
    await flow.revoke(id);
    const ask = async (user: string): Promise<HttpReply> =>
      flow.http.send({
        method: 'POST',
        path: `/v1/issuances/${id}/quotes`,
        token: await flow.mint.token(user),
        headers: { 'content-type': 'application/json', 'accept-language': 'ko' },
        body: JSON.stringify({ order: orderOf('order-1') }),
      });
    const own = await ask('owner');
    expect(own.headers['content-language']).toBe('ko');
    expect(json(own)['failures']).toEqual([
      { code: 'issuance_revoked', detail: '회수된 쿠폰입니다.' },
    ]);
    const others = await ask('stranger');
    expect([others.status, json(others)['code']]).toEqual([404, 'issuance_not_found']);
  });
});
