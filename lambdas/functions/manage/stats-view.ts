import type * as z from 'zod';
import type { couponStatsReply } from '../../api/coupon-stats.ts';
import type { CouponStats, GateFigures } from '../../domain/coupon-stats.ts';
import { couponState } from '../../domain/coupon.ts';
import { rfc3339 } from '../../http/rfc3339.ts';

type StatsView = z.input<typeof couponStatsReply>;

/** A coupon's figures as the API shows them. */
export function viewStats({ reading, counts, gate }: CouponStats): StatsView {
  const { coupon, readAt } = reading;
  return {
    couponId: coupon.id,
    state: couponState(coupon, readAt),
    quantity: coupon.quantity,
    issuances: { accepted: gate.kind === 'open' ? gate.unrecorded : null, ...counts },
    ...viewGate(gate),
    serverTime: rfc3339(readAt),
  };
}

function viewGate(gate: GateFigures): Pick<StatsView, 'gate' | 'rejections' | 'lag'> {
  if (gate.kind === 'closed') {
    return { gate: { state: 'closed', why: gate.why }, rejections: null, lag: null };
  }
  const { given, remaining, unrecorded, pending, refusals } = gate;
  const since = rfc3339(gate.since);
  return {
    gate: { state: 'open', since, given, remaining },
    rejections: { since, ...refusals },
    lag: { unrecorded, pending },
  };
}
