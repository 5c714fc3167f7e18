/** `GET /v1/coupons/{id}/stats`: all that this program knows of its shape is here. */
import * as z from 'zod';
import { count, counts, fieldsOf, instant, words } from './tolerant.ts';

/** Issuance states, in the order of an issuance's life. */
export const ISSUANCE_STATES = [
  'accepted',
  'issued',
  'held',
  'redeemed',
  'expired',
  'revoked',
] as const;

export type Stats = z.output<typeof stats>;

const noStates = {
  accepted: null,
  issued: null,
  held: null,
  redeemed: null,
  expired: null,
  revoked: null,
};

const states = z
  .object({
    accepted: count,
    issued: count,
    held: count,
    redeemed: count,
    expired: count,
    revoked: count,
  })
  .catch(noStates);

const stats = z.object({
  /** Milliseconds since 1970, by the API's clock. */
  serverTime: instant,
  quantity: count,
  /** By the gate, that is at once; null while it is closed. */
  given: count,
  remaining: count,
  states,
  /** Claims that were refused since then, by the problem's code. */
  rejections: z.object({ since: instant, byReason: counts }).nullable().catch(null),
  /** What was accepted and is no row yet; what passed the gate and is not known to be in the log. */
  lag: z.object({ unrecorded: count, pending: count }).nullable().catch(null),
  gate: z
    .object({ state: z.enum(['open', 'closed']), why: words })
    .nullable()
    .catch(null),
});

export function readStats(answered: unknown): Stats {
  return stats.parse(fieldsOf(answered));
}
