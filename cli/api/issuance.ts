import * as z from 'zod';
import { count, fieldsOf, id, instant, words } from './tolerant.ts';

/** An issuance as an operator sees it: without its code. Times are milliseconds since 1970. */
export type Issuance = z.output<typeof issuance>;

const issuance = z.object({
  id,
  couponId: id,
  /** Null after an erasure. */
  userId: id,
  state: words,
  sequence: count,
  acceptedAt: instant,
  issuedAt: instant,
  validFrom: instant,
  validUntil: instant,
  hold: z.object({ orderId: id, expiresAt: instant }).nullable().catch(null),
  redemption: z.object({ id, orderId: id, redeemedAt: instant }).nullable().catch(null),
});

export function readIssuance(answered: unknown): Issuance {
  return issuance.parse(fieldsOf(answered));
}
