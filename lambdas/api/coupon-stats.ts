import * as z from 'zod';
import { COUPON_STATES } from '../domain/coupon.ts';
import { COUNTED_REFUSALS } from '../domain/gate.ts';
import { GATE_CLOSURES } from '../domain/coupon-stats.ts';
import { couponId, time } from './fields.ts';

const count = z.int().min(0);

const refusals = Object.fromEntries(
  COUNTED_REFUSALS.map((reason) => [reason, count] as const),
) as Record<(typeof COUNTED_REFUSALS)[number], typeof count>;

/** The reply of `GET /v1/coupons/{couponId}/stats`. What a closed gate would have to tell is null. */
export const couponStatsReply = z.strictObject({
  couponId,
  state: z.enum(COUPON_STATES),
  quantity: count,
  /** Issuances by state; `accepted` are those that are not yet rows. */
  issuances: z.strictObject({
    accepted: count.nullable(),
    issued: count,
    held: count,
    redeemed: count,
    expired: count,
    revoked: count,
  }),
  gate: z.union([
    z.strictObject({ state: z.literal('open'), since: time, given: count, remaining: count }),
    z.strictObject({ state: z.literal('closed'), why: z.enum(GATE_CLOSURES) }),
  ]),
  /** Claims refused since the gate was opened, by reason; a user who asks ten times counts ten times. */
  rejections: z.strictObject({ since: time, ...refusals }).nullable(),
  /**
   * Claims that are accepted and not rows, which stays above 0 where some are in quarantine; and
   * those of them whose publish is not yet confirmed.
   */
  lag: z.strictObject({ unrecorded: count, pending: count }).nullable(),
  serverTime: time,
});
