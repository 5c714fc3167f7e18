import { expect, it } from '@jest/globals';
import { SUMMARY_WAITS_MS } from '../../lambdas/config/limits.ts';
import type { CouponStats } from '../../lambdas/domain/coupon-stats.ts';
import type { EndedCoupon } from '../../lambdas/domain/notification-ledger.ts';
import { notify } from '../../lambdas/functions/notify/notify.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';

const MINUTE_MS = 60_000;

/** Of a coupon that was closed so long ago, whose gate is lost and whose window lasts; its summaries. */
async function summariesOf(closedForMs: number): Promise<Readonly<Record<string, number>>[]> {
  const bench = new ProtocolBench();
  const coupon = await bench.newCoupon({ issueEndsAt: bench.clock.now() + 100 * 24 * 3_600_000 });
  const readAt = bench.clock.now();
  const stats: CouponStats = {
    reading: { coupon, readAt },
    counts: { issued: 0, held: 0, redeemed: 0, expired: 0, revoked: 0 },
    gate: { kind: 'closed', why: 'missing' },
  };
  const ended: EndedCoupon = {
    id: coupon.id,
    endsAt: coupon.issueEndsAt,
    overSince: readAt - closedForMs,
  };
  const summaries: Readonly<Record<string, number>>[] = [];
  await notify({
    plans: {
      planReminders: () => Promise.resolve(false),
      endedCoupons: () => Promise.resolve([ended]),
      tellSummary: (_ended, figures) => Promise.resolve(void summaries.push(figures)),
    },
    queue: { counts: () => Promise.resolve([]) },
    readStats: () => Promise.resolve(stats),
    deliver: () => Promise.resolve({ sent: 0, nobody: 0, parked: 0, again: 0, cut: 0, untried: 0 }),
    clock: new ManualClock(),
    runMs: 1_000,
    planningMs: 500,
    summaryWaitsMs: SUMMARY_WAITS_MS,
    meter: new MemoryMeter(),
    onFault: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  return summaries;
}

it('a summary waits for an hour at most from the closing, however long the window would last', async () => {
  expect(await summariesOf(59 * MINUTE_MS)).toEqual([]);
  expect(await summariesOf(60 * MINUTE_MS)).toMatchObject([{ quantity: 10, issued: 0 }]);
});
