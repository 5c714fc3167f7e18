import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TELLING } from '../support/coupons.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { json, type HttpReply } from '../support/http-client.ts';
import { Operator } from '../support/operator.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { users } from '../support/shoppers.ts';
import { untilSettled } from '../support/until-settled.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

const cleanUp = new CleanUp();
let own: OwnServers;
let flow: Flow;
let operator: Operator;

beforeAll(async () => {
  own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  flow = cleanUp.add(await Flow.startOn(own), (started) => started.remove());
  operator = cleanUp.add(new Operator(flow), (opened) => {
    opened.close();
  });
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

async function couponWithThree(): Promise<string> {
  const couponId = await flow.createCoupon({ ...TELLING, quantity: 10 });
  for (const user of users('early', 3)) await flow.shoppers.claimUntilSettled(couponId, user);
  return couponId;
}

/** Asks again as long as it is told to. */
async function untilDone(change: () => Promise<HttpReply>): Promise<Record<string, unknown>> {
  const reply = await untilSettled('the operator', change);
  expect(reply.status).toBe(200);
  return json(reply);
}

describe('a change of a coupon', () => {
  it(
    'while the gate is frozen is a 503, and done when it is asked for again',
    async () => {
      const couponId = await couponWithThree();
      await own.whileFrozen('valkey', async () => {
        expect((await operator.post(couponId, 'pause')).status).toBe(503);
        expect((await operator.patch(couponId, { quantity: 4 })).status).toBe(503);
      });
      expect(await untilDone(() => operator.post(couponId, 'pause'))).toMatchObject({
        state: 'paused',
      });
      expect(await flow.shoppers.claimUntilSettled(couponId, 'late')).toMatchObject({
        code: 'coupon_paused',
      });
      await untilDone(() => operator.patch(couponId, { quantity: 4 }));
      await untilDone(() => operator.post(couponId, 'resume'));
      await Promise.all(
        users('later', 5).map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );
      const reports = await flow.invariants(couponId);
      expect(broken(reports)).toEqual([]);
      expect(reports.filter(({ checked }) => checked === 0)).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'while the ledger is away is a 503, and leaves nothing behind at the gate',
    async () => {
      const couponId = await couponWithThree();
      await own.whileStopped('postgres', async () => {
        expect((await operator.patch(couponId, { quantity: 3 })).status).toBe(503);
        expect((await operator.post(couponId, 'close')).status).toBe(503);
        expect(await flow.shoppers.claimUntilSettled(couponId, 'meanwhile')).toMatchObject({
          status: 202,
        });
      });
      await until('the ledger is there', 30_000, async () =>
        (await operator.get(couponId, '/stats')).status === 200 ? true : undefined,
      );
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      expect(json(await operator.get(couponId, '/stats'))).toMatchObject({
        state: 'open',
        quantity: 10,
        gate: { given: 4, remaining: 6 },
      });
    },
    SLOW_MS,
  );

  it(
    'while the gate is lost takes nothing away, but adds, pauses and resumes; it is built again so',
    async () => {
      const couponId = await couponWithThree();
      await own.whileStopped('valkey', async () => {
        expect((await operator.patch(couponId, { quantity: 4 })).status).toBe(503);
      });
      // What is added may be done before or after the gate is there again.
      await untilDone(() => operator.patch(couponId, { quantity: 12 }));
      await untilDone(() => operator.post(couponId, 'pause'));
      const refused = await flow.shoppers.claimUntilSettled(couponId, 'late');
      expect(refused).toMatchObject({ code: 'coupon_paused' });
      await untilDone(() => operator.post(couponId, 'resume'));
      const crowd = await Promise.all(
        users('crowd', 15).map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );
      expect(crowd.filter(({ status }) => status === 202)).toHaveLength(9);
      const reports = await flow.invariants(couponId);
      expect(broken(reports)).toEqual([]);
      expect(reports.filter(({ checked }) => checked === 0)).toEqual([]);
    },
    SLOW_MS,
  );
});
