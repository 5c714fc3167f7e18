import type { CouponStats } from '../../domain/coupon-stats.ts';
import type { DeliveryReport } from '../../domain/deliver-notifications.ts';
import type { Meter } from '../../domain/metrics.ts';
import type {
  EndedCoupon,
  NotificationPlans,
  NotificationQueue,
} from '../../domain/notification-ledger.ts';

export interface NotifyDependencies {
  readonly plans: NotificationPlans;
  readonly queue: Pick<NotificationQueue, 'counts'>;
  readonly readStats: (couponId: string) => Promise<CouponStats | undefined>;
  readonly deliver: () => Promise<DeliveryReport>;
  /** So long after its end, or its closing, a coupon's summary waits for its last records. Milliseconds. */
  readonly summaryWaitsMs: number;
  readonly meter: Meter;
  readonly onFault: (what: string, error: unknown) => void;
}

export type NotifyReport = DeliveryReport;

/** Plans what time brings, sends what is due, and counts what is left. One that fails keeps no other. */
export async function notify(dependencies: NotifyDependencies): Promise<NotifyReport> {
  const { plans, queue, deliver, meter, onFault } = dependencies;
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onFault(what, error);
    }
  };
  await attempt('summaries', async () => {
    for (const ended of await plans.endedCoupons()) {
      await attempt('summary', () => summarize(ended, dependencies));
    }
  });
  // What is left to plan is planned by the next run: what is due is not kept waiting by it.
  await attempt('reminders', () => plans.planReminders());
  const report = await deliver();
  await attempt('counts of notifications', async () => {
    for (const { channel, due, parked } of await queue.counts()) {
      meter.record('NotificationsWaiting', due, { channel });
      meter.record('NotificationsParked', parked, { channel });
    }
  });
  return report;
}

/** Once all that was accepted is a row: only the gate can tell. */
async function summarize(
  ended: EndedCoupon,
  { plans, readStats, summaryWaitsMs }: NotifyDependencies,
): Promise<void> {
  const stats = await readStats(ended.id);
  if (stats === undefined) return;
  const { reading, gate, counts } = stats;
  const { coupon, readAt } = reading;
  const isSettled =
    gate.kind === 'open' ? gate.unrecorded + gate.pending === 0 : gate.why === 'over';
  // What is in quarantine never becomes a row, and a gate may be lost for good.
  if (!isSettled && readAt < ended.overSince + summaryWaitsMs) return;
  await plans.tellSummary(ended, {
    quantity: coupon.quantity,
    issued: coupon.issued,
    redeemed: counts.redeemed,
    expired: counts.expired,
    revoked: counts.revoked,
    remaining: coupon.quantity - coupon.issued,
  });
}
