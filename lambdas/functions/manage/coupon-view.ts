import type { Coupon } from '../../domain/coupon.ts';
import { couponState } from '../../domain/coupon.ts';

/** A coupon as the API shows it, at `now` (milliseconds). */
export function viewCoupon(coupon: Coupon, now: number): Record<string, unknown> {
  const { validity } = coupon;
  return {
    id: coupon.id,
    name: coupon.name,
    description: coupon.description,
    state: couponState(coupon, now),
    quantity: coupon.quantity,
    issued: coupon.issued,
    remaining: coupon.quantity - coupon.issued,
    perUserLimit: coupon.perUserLimit,
    issueStartsAt: iso(coupon.issueStartsAt),
    issueEndsAt: iso(coupon.issueEndsAt),
    validity:
      'days' in validity ? validity : { from: iso(validity.from), until: iso(validity.until) },
    discount: coupon.discount,
    conditions: coupon.conditions,
    createdAt: iso(coupon.createdAt),
    serverTime: iso(now),
  };
}

/** Changes whenever anything but the time does. */
export function couponTag(coupon: Coupon, now: number): string {
  return `W/"${coupon.version}-${coupon.issued}-${couponState(coupon, now)}"`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
