import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { issuanceReply } from '../../lambdas/api/issuance.ts';
import { holdReply } from '../../lambdas/api/redemption.ts';
import { CleanUp } from '../support/clean-up.ts';
import { expectProblem } from '../support/expect-problem.ts';
import { broken, Flow } from '../support/flow.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { LedgerReader } from '../support/ledger-reader.ts';

const SLOW_MS = 120_000;
const MINUTE_MS = 60_000;

const cleanUp = new CleanUp();
let flow: Flow;
let ledger: LedgerReader;
let couponId: string;
let id: string;

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  const { databaseUrl } = flow.stack.endpoints;
  ledger = cleanUp.add(new LedgerReader(databaseUrl), (opened) => opened.close());
  couponId = await flow.createCoupon({ quantity: 100 });
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

let users = 0;

beforeEach(async () => {
  users += 1;
  id = await flow.issue(couponId, `owner-${users}`);
});

afterEach(async () => {
  expect(broken(await flow.invariants(couponId))).toEqual([]);
});

async function read(token = flow.checkout.token): Promise<Record<string, unknown>> {
  return issuanceReply.parse(json(await flow.http.get(`/v1/issuances/${id}`, token)));
}

async function holdFor(orderId: string, minutes?: number): Promise<number> {
  const reply = await flow.checkout.hold(id, orderId, minutes);
  expect([reply.status, reply.text]).toEqual([201, expect.stringContaining('expiresAt')]);
  const { orderId: told, expiresAt } = holdReply.parse(json(reply));
  expect(told).toBe(orderId);
  return Date.parse(expiresAt);
}

const change = (changes: string): Promise<number> =>
  ledger.run(`UPDATE issuances SET ${changes} WHERE id = $1`, [id]);

/** As if its time were over. */
const lapse = (): Promise<number> => change('held_until = now()');

function expectRefusal(reply: HttpReply, status: number, code: string): void {
  expectProblem(reply, { status, code });
}

describe('a hold', () => {
  it('reserves an issuance for one order, for ten minutes unless it asks for another time', async () => {
    const before = Date.now();
    const until = await holdFor('order-1');
    expect(until - before).toBeGreaterThanOrEqual(10 * MINUTE_MS - 1_000);
    expect(until - Date.now()).toBeLessThanOrEqual(10 * MINUTE_MS + 1_000);
    const expiresAt = new Date(until).toISOString();
    expect(await read()).toMatchObject({ state: 'held', hold: { orderId: 'order-1', expiresAt } });
    // Whose order it is, its owner need not know.
    const owner = await read(await flow.mint.token(`owner-${users}`));
    expect([owner['state'], owner['hold']]).toEqual(['held', { expiresAt }]);

    expectRefusal(await flow.checkout.hold(id, 'order-2'), 409, 'issuance_held');
    expect(await flow.checkout.redeem(id, 'order-2')).toMatchObject({ code: 'issuance_held' });
    const renewed = await holdFor('order-1', 60);
    expect(renewed - until).toBeGreaterThanOrEqual(50 * MINUTE_MS);
  });

  it('is what its order redeems under, and ends with that', async () => {
    await holdFor('order-1');
    const redeemed = await flow.checkout.redeem(id, 'order-1');
    expect(redeemed.status).toBe(201);
    expect(await read()).not.toHaveProperty('hold');
    expectRefusal(await flow.checkout.hold(id, 'order-1'), 409, 'already_redeemed');
    // Who gives up must learn that there is more than a hold to undo.
    expectRefusal(await flow.checkout.release(id, 'order-1'), 409, 'already_redeemed');
    expectRefusal(await flow.checkout.release(id, 'order-2'), 404, 'hold_not_found');
    await flow.checkout.rollBack(redeemed.redemption?.id ?? '');
    expectRefusal(await flow.checkout.hold(id, 'order-1'), 409, 'order_rolled_back');
    await holdFor('order-2');
  });

  it('is released by its order, whatever that is called, and then free for the next', async () => {
    for (const orderId of [
      'order/1',
      '주문 1',
      'a%2Fb',
      '100%',
      "'; DROP TABLE issuances",
      '?#&',
    ]) {
      await holdFor(orderId);
      const released = await flow.checkout.release(id, orderId);
      expect([orderId, released.status, released.text]).toEqual([orderId, 204, '']);
      expectRefusal(await flow.checkout.release(id, orderId), 404, 'hold_not_found');
      expect(await read()).toMatchObject({ state: 'issued' });
    }
  });

  it('is not released by another order, and by none that there can’t be', async () => {
    await holdFor('order-1');
    const path = `/v1/issuances/${id}/holds`;
    for (const segment of ['order-2', '%00', '%ff', '%', 'x'.repeat(1_000), '%ED%A0%80']) {
      const { token } = flow.checkout;
      const reply = await flow.http.send({ method: 'DELETE', path: `${path}/${segment}`, token });
      expectRefusal(reply, 404, 'hold_not_found');
    }
    expect(await read()).toMatchObject({ state: 'held' });
  });

  it('that has lapsed is as none: another order holds or redeems', async () => {
    await holdFor('order-1');
    await lapse();
    const shown = await read();
    expect([shown['state'], shown['hold']]).toEqual(['issued', undefined]);
    expectRefusal(await flow.checkout.release(id, 'order-1'), 404, 'hold_not_found');
    await holdFor('order-2');
    await lapse();
    expect((await flow.checkout.redeem(id, 'order-1')).status).toBe(201);
  });

  it('lasts no longer than the validity, and is not to be had after or before it', async () => {
    await change(`valid_until = date_trunc('milliseconds', now()) + interval '1 minute'`);
    const { validUntil } = await read();
    expect(await holdFor('order-1', 60)).toBe(Date.parse(String(validUntil)));
    await change(`held_until = now(), valid_until = now()`);
    expectRefusal(await flow.checkout.hold(id, 'order-1'), 409, 'issuance_expired');
    expect(await read()).toMatchObject({ state: 'expired' });
    await change(
      `state = 'issued', hold_order = NULL, held_until = NULL,
       valid_from = now() + interval '1 hour', valid_until = now() + interval '2 hours'`,
    );
    const early = await flow.checkout.hold(id, 'order-1');
    expectRefusal(early, 422, 'conditions_not_met');
    expect(json(early)['failures']).toMatchObject([{ code: 'not_yet_valid' }]);
  });
});

describe('an operator', () => {
  it('revokes an issuance for good, and is told the same again', async () => {
    const first = await flow.revoke(id);
    const again = await flow.revoke(id);
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
    expect(issuanceReply.parse(json(first))).toMatchObject({ id, state: 'revoked' });
    expect(json(first)).not.toHaveProperty('code');
    const audited = await ledger.run('SELECT FROM audit WHERE subject = $1', [id]);
    expect(audited).toBe(1);

    expect(await flow.checkout.redeem(id, 'order-1')).toMatchObject({ code: 'issuance_revoked' });
    expectRefusal(await flow.checkout.hold(id, 'order-1'), 409, 'issuance_revoked');
    expectRefusal(await flow.checkout.release(id, 'order-1'), 404, 'hold_not_found');
    // The unit is not given to anybody else.
    const coupon = json(await flow.http.get(`/v1/coupons/${couponId}`, flow.operatorToken));
    expect(Number(coupon['quantity']) - Number(coupon['remaining'])).toBe(coupon['issued']);
  });

  it('revokes nothing that is held, redeemed or expired', async () => {
    await holdFor('order-1');
    expectRefusal(await flow.revoke(id), 409, 'issuance_held');
    await flow.checkout.redeem(id, 'order-1');
    expectRefusal(await flow.revoke(id), 409, 'already_redeemed');
    users += 1;
    id = await flow.issue(couponId, `owner-${users}`);
    await change('valid_until = now()');
    expectRefusal(await flow.revoke(id), 409, 'issuance_expired');
    const audited = await ledger.run('SELECT FROM audit WHERE subject = $1', [id]);
    expect(audited).toBe(0);
  });

  it('revokes what was held until a moment ago', async () => {
    await holdFor('order-1');
    await lapse();
    expect((await flow.revoke(id)).status).toBe(200);
    const shown = await read();
    expect([shown['state'], shown['hold']]).toEqual(['revoked', undefined]);
  });
});
