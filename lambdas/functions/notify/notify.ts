import type { Clock } from '../../domain/deadline.ts';
import { deadlineAfter, isPast, remainingMs } from '../../domain/deadline.ts';
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
  readonly deliver: (budgetMs: number) => Promise<DeliveryReport>;
  readonly clock: Clock;
  /** From the beginning of the run until the last attempt begins. Milliseconds. */
  readonly runMs: number;
  /** Of these the first; then no summary more is begun. Milliseconds. */
  readonly planningMs: number;
  /** So long after its end, or its closing, a coupon's summary waits for its last records. Milliseconds. */
  readonly summaryWaitsMs: number;
  readonly meter: Meter;
  readonly onFault: (what: string, error: unknown) => void;
}

export type NotifyReport = DeliveryReport;

/** Plans what time brings, sends what is due, and counts what is left. One that fails keeps no other. */
export async function notify(dependencies: NotifyDependencies): Promise<NotifyReport> {
  const { plans, queue, deliver, clock, runMs, planningMs, meter, onFault } = dependencies;
  const end = deadlineAfter(clock, runMs);
  const endOfPlanning = deadlineAfter(clock, planningMs);
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onFault(what, error);
    }
  };
  await attempt('summaries', async () => {
    for (const ended of await plans.endedCoupons()) {
      if (isPast(clock, endOfPlanning)) break;
      await attempt('summary', () => summarize(ended, dependencies));
    }
  });
  // What is left to plan is planned by the next run: what is due is not kept waiting by it.
  await attempt('reminders', () => plans.planReminders());
  const report = await deliver(remainingMs(clock, end));
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
