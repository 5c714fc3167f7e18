import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { byAnswer, type RedeemReply } from '../support/checkout.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';

const SLOW_MS = 120_000;

const times = <T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

describe.each([
  { stack: 'in one process', environments: 0 },
  { stack: 'of four processes a function', environments: 4 },
])('on a stack $stack', ({ environments }) => {
  const cleanUp = new CleanUp();
  let flow: Flow;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start({ environments }), (started) => started.remove());
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  it(
    'of 200 orders that redeem one issuance at once, one does: one 201, and 409 for the others',
    async () => {
      const couponId = await flow.createCoupon();
      const id = await flow.issue(couponId, 'owner');

      const replies = await times(200, (i) => flow.checkout.redeemUntilSettled(id, `order-${i}`));

      expect(byAnswer(replies)).toEqual({ '201': 1, '409 already_redeemed': 199 });
      const winner = replies.find(({ status }) => status === 201);
      const again = await flow.checkout.redeem(id, winner?.orderId ?? '');
      expect(again).toMatchObject({ status: 200, redemption: winner?.redemption });
      await expectSound(couponId);
    },
    SLOW_MS,
  );

  it(
    'of 200 tries of one order at once, one redeems: one 201, and 200 with the same body for the others',
    async () => {
      const couponId = await flow.createCoupon();
      const id = await flow.issue(couponId, 'owner');

      const replies = await times(200, () => flow.checkout.redeemUntilSettled(id, 'order-1'));

      expect(byAnswer(replies)).toEqual({ '200': 199, '201': 1 });
      expect(new Set(replies.map(({ reply }) => reply?.text)).size).toBe(1);
      await expectSound(couponId);
    },
    SLOW_MS,
  );

  it(
    'of orders that redeem while the redemption before is rolled back, one does, and not that one',
    async () => {
      const couponId = await flow.createCoupon();
      const id = await flow.issue(couponId, 'owner');
      const first = await flow.checkout.redeem(id, 'order-0');

      const replies: RedeemReply[] = [];
      const rollbacks = await times(60, async (i) => {
        const redeem = flow.checkout.redeem(id, `order-${i % 10}`);
        const rollback = i % 4 === 0 ? flow.checkout.rollBack(first.redemption?.id ?? '') : null;
        replies.push(await redeem);
        return rollback;
      });

      const answers = rollbacks.filter((reply) => reply !== null);
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      const later = await times(10, (i) => flow.checkout.redeem(id, `order-${i}`));
      const second = [...replies, ...later].filter(({ status }) => status === 201);
      expect(second).toHaveLength(1);
      expect(second[0]?.orderId).not.toBe('order-0');
      expect(await flow.checkout.redeem(id, 'order-0')).toMatchObject({
        status: 409,
        code: 'order_rolled_back',
      });
      await expectSound(couponId);
    },
    SLOW_MS,
  );

  it(
    'of 50 that redeem, hold, release and revoke at once, all are told what fits together',
    async () => {
      const couponId = await flow.createCoupon();
      const id = await flow.issue(couponId, 'owner');
      expect((await flow.checkout.hold(id, 'holder')).status).toBe(201);

      const [redeems, holds, releases, revokes] = await Promise.all([
        times(20, (i) => flow.checkout.redeem(id, i < 5 ? 'holder' : `order-${i}`)),
        times(15, (i) => flow.checkout.hold(id, `order-${i}`)),
        times(5, () => flow.checkout.release(id, 'holder')),
        times(10, () => flow.revoke(id)),
      ]);

      const all = [...holds, ...releases, ...revokes, ...redeems.map(({ reply }) => reply)];
      const statuses = new Set(all.map((reply) => reply?.status));
      expect([...statuses].filter((status) => (status ?? 500) >= 500)).toEqual([]);
      const end = json(await flow.http.get(`/v1/issuances/${id}`, flow.checkout.token));
      const wasRedeemed = redeems.some(({ status }) => status === 201);
      const wasRevoked = revokes.some(({ status }) => status === 200);
      expect({ wasRedeemed, wasRevoked }).toEqual({
        wasRedeemed: end['state'] === 'redeemed',
        wasRevoked: end['state'] === 'revoked',
      });
      expect(releases.filter(({ status }) => status === 204).length).toBeLessThanOrEqual(1);
      await expectSound(couponId);
    },
    SLOW_MS,
  );

  async function expectSound(couponId: string): Promise<void> {
    const reports = await flow.invariants(couponId);
    expect(broken(reports)).toEqual([]);
    expect(reports.find(({ name }) => name === 'I7')?.checked).toBeGreaterThan(0);
  }
});
