/** `GET /v1/coupons/{id}/stats`: all that this program knows of its shape is here. */
import * as z from 'zod';
import { count, counts, fieldsOf, instant, words, type NamedCount } from './tolerant.ts';

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

/** Of an open gate `given` and `remaining`, of a closed one why it is closed. */
const gate = z.object({
  state: z.enum(['open', 'closed']),
  why: words,
  given: count,
  remaining: count,
});

/** `since`, and beside it a count for each code. */
const rejections = z.object({ since: instant }).catchall(z.unknown());

const stats = z
  .object({
    /** Milliseconds since 1970, by the API's clock. */
    serverTime: instant,
    quantity: count,
    issuances: states,
    gate: gate.nullable().catch(null),
    rejections: rejections.nullable().catch(null),
    /** What was accepted and is no row yet; what passed the gate and is not known to be in the log. */
    lag: z.object({ unrecorded: count, pending: count }).nullable().catch(null),
  })
  .transform(({ issuances, gate: answered, rejections: refused, ...rest }) => ({
    ...rest,
    states: issuances,
    gate: answered && { state: answered.state, why: answered.why },
    /** By the gate, that is at once; null while it is closed. */
    given: answered?.given ?? null,
    remaining: answered?.remaining ?? null,
    rejections: refused && { since: refused.since, byReason: countsIn(refused) },
  }));

/** Claims that were refused, by the problem's code. */
function countsIn({ since: _, ...counted }: z.output<typeof rejections>): readonly NamedCount[] {
  return counts.parse(counted) ?? [];
}

export function readStats(answered: unknown): Stats {
  return stats.parse(fieldsOf(answered));
}
