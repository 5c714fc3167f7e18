import * as z from 'zod';
import { count, fieldsOf, id, instant, words } from './tolerant.ts';

/** A coupon as far as the API tells of it. Times are milliseconds since 1970. */
export type Coupon = z.output<typeof coupon>;

const days = z.object({ days: z.number() });
const period = z.object({ from: instant, until: instant });

const discount = z.object({
  type: words,
  amount: count,
  percent: count,
  maxAmount: count,
  currency: words,
});

const coupon = z.object({
  id,
  name: words,
  description: words,
  state: words,
  quantity: count,
  issued: count,
  remaining: count,
  perUserLimit: count,
  issueStartsAt: instant,
  issueEndsAt: instant,
  validity: z.union([days, period]).nullable().catch(null),
  discount: discount.nullable().catch(null),
  /** Kept as they are: only shown. */
  conditions: z.record(z.string(), z.unknown()).nullable().catch(null),
  selfRedeem: z.boolean().nullable().catch(null),
  notifications: z.record(z.string(), z.unknown()).nullish().catch(null),
  serverTime: instant,
});

export function readCoupon(answered: unknown): Coupon {
  return coupon.parse(fieldsOf(answered));
}
