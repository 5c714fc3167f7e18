import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type * as z from 'zod';
import { couponStatsReply } from '../../lambdas/api/coupon-stats.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { json } from '../support/http-client.ts';
import { Operator } from '../support/operator.ts';
import { pauseRecording, resumeRecording } from '../../local/recording.ts';
import { users } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;

type Stats = z.output<typeof couponStatsReply>;

describe('the figures of a coupon', () => {
  const cleanUp = new CleanUp();
  let flow: Flow;
  let operator: Operator;

  beforeAll(async () => {
    flow = cleanUp.add(await Flow.start(), (started) => started.remove());
    operator = cleanUp.add(new Operator(flow), (opened) => {
      opened.close();
    });
  }, SLOW_MS);

  afterAll(() => cleanUp.run(), SLOW_MS);

  async function stats(couponId: string): Promise<Stats> {
    const reply = await operator.get(couponId, '/stats');
    expect(reply.status).toBe(200);
    return couponStatsReply.parse(json(reply));
  }

  it(
    'tell what is given and what was refused, and at rest match the ledger',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 30 });
      const begun = Date.now();
      await Promise.all(
        users('crowd', 45).map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );
      await operator.post(couponId, 'pause');
      for (const user of users('late', 3)) await flow.shoppers.claim(couponId, user);
      expect(broken(await flow.invariants(couponId))).toEqual([]);

      const found = await stats(couponId);
      expect(found).toMatchObject({
        couponId,
        state: 'paused',
        quantity: 30,
        issuances: { accepted: 0, issued: 30, held: 0, redeemed: 0, expired: 0, revoked: 0 },
        gate: { state: 'open', given: 30, remaining: 0 },
        rejections: { sold_out: 15, coupon_paused: 3, issue_ended: 0, user_limit_reached: 0 },
        lag: { unrecorded: 0, pending: 0 },
      });
      const since = Date.parse(found.rejections?.since ?? '');
      expect(Math.abs(since - begun)).toBeLessThan(60_000);
      expect(Math.abs(Date.parse(found.serverTime) - Date.now())).toBeLessThan(60_000);
    },
    SLOW_MS,
  );

  it(
    'show the lag while nothing is recorded',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 30 });
      await pauseRecording(flow.stack.endpoints);
      await Promise.all(
        users('waiting', 12).map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );
      expect(await stats(couponId)).toMatchObject({
        issuances: { accepted: 12, issued: 0 },
        gate: { given: 12, remaining: 18 },
        lag: { unrecorded: 12 },
      });
      await resumeRecording(flow.stack.endpoints);
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      expect(await stats(couponId)).toMatchObject({
        issuances: { accepted: 0, issued: 12 },
        lag: { unrecorded: 0, pending: 0 },
      });
    },
    SLOW_MS,
  );

  it(
    'are no guess while the gate is lost: what it would tell is null, what the rows tell is there',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 30 });
      await Promise.all(
        users('buyer', 12).map((user) => flow.shoppers.claimUntilSettled(couponId, user)),
      );
      await flow.invariants(couponId);
      const valkey = new Redis(flow.stack.endpoints.valkey);
      await valkey.flushall();
      valkey.disconnect();

      const lost = await stats(couponId);
      expect(lost).toMatchObject({
        quantity: 30,
        issuances: { accepted: null, issued: 12 },
        gate: { state: 'closed', why: expect.stringMatching(/missing|building/) as unknown },
        rejections: null,
        lag: null,
      });
      const restored = await until('the gate is open again', 30_000, async () => {
        const now = await stats(couponId);
        return now.gate.state === 'open' ? now : undefined;
      });
      expect(restored).toMatchObject({
        issuances: { accepted: 0, issued: 12 },
        gate: { given: 12, remaining: 18 },
        rejections: { sold_out: 0 },
      });
      expect(broken(await flow.invariants(couponId))).toEqual([]);
    },
    SLOW_MS,
  );
});
