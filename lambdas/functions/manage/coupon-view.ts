import type * as z from 'zod';
import type { couponReply } from '../../api/coupon.ts';
import type { Coupon } from '../../domain/coupon.ts';
import { couponState } from '../../domain/coupon.ts';
import { rfc3339 } from '../../http/rfc3339.ts';

type CouponView = z.input<typeof couponReply>;

/** A coupon as the API shows it, at `now` (milliseconds). */
export function viewCoupon(coupon: Coupon, now: number): CouponView {
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
    issueStartsAt: rfc3339(coupon.issueStartsAt),
    issueEndsAt: rfc3339(coupon.issueEndsAt),
    validity:
      'days' in validity
        ? validity
        : { from: rfc3339(validity.from), until: rfc3339(validity.until) },
    discount: coupon.discount,
    conditions: coupon.conditions,
    selfRedeem: coupon.selfRedeem,
    createdAt: rfc3339(coupon.createdAt),
    serverTime: rfc3339(now),
  };
}

/** With what shoppers need not know, and a list has no room for. */
export function viewForOperators(coupon: Coupon, now: number): CouponView {
  const { notifications } = coupon;
  return { ...viewCoupon(coupon, now), ...(notifications && { notifications }) };
}

/** Changes whenever anything but the time does. */
export function couponTag(coupon: Coupon, now: number): string {
  return `W/"${coupon.version}-${coupon.issued}-${couponState(coupon, now)}"`;
}
