import type { CouponStats } from '../../domain/coupon-stats.ts';
import { isCouponId } from '../../domain/coupon.ts';
import { json, problem } from '../../http/answer.ts';
import type { Endpoint } from '../../http/http-handler.ts';
import { viewStats } from './stats-view.ts';

/** `GET /v1/coupons/{couponId}/stats` */
export function couponStatsEndpoint(
  readStats: (couponId: string) => Promise<CouponStats | undefined>,
): Endpoint {
  return async ({ parameters: { couponId = '' } }) => {
    if (!isCouponId(couponId)) return problem('coupon_not_found');
    const stats = await readStats(couponId);
    return stats === undefined ? problem('coupon_not_found') : json(200, viewStats(stats));
  };
}
