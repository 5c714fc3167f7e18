import { mayHaveGate } from './coupon.ts';
import type { Clock } from './deadline.ts';
import type { CouponLedger, RestoreRequests } from './ports.ts';

/** What PostgreSQL says of a coupon whose gate is closed; `live`: the gate will be open again. */
export type CouponStanding = 'unknown' | 'live' | 'ended';

export interface CouponLookup {
  /** Rejects with LedgerUnavailable. */
  lookUp(couponId: string): Promise<CouponStanding>;
}

interface Lookup {
  readonly standing: Promise<CouponStanding>;
  readonly until: number;
}

/** In a spike on a closed gate each process asks once in this time. Milliseconds. */
const KEEP_MS = 2_000;
const MAX_KEPT = 1_000;

/**
 * Asks PostgreSQL about coupons whose gate is closed, once for all who ask at the same time, and
 * has the gate of a living coupon rebuilt.
 */
export function closedGateLookup(
  ledger: Pick<CouponLedger, 'findCoupon'>,
  restores: RestoreRequests,
  clock: Clock,
  forgetAfterMs: number,
  onFault: (what: string, error: unknown) => void,
): CouponLookup {
  const kept = new Map<string, Lookup>();

  const ask = async (couponId: string): Promise<CouponStanding> => {
    const reading = await ledger.findCoupon(couponId);
    if (reading === undefined) return 'unknown';
    const { coupon, readAt } = reading;
    if (!mayHaveGate(coupon, readAt, forgetAfterMs)) return 'ended';
    await requestRestore(couponId);
    return 'live';
  };

  // Awaited, for after the reply a Lambda environment is frozen. A rebuild that is under way
  // already makes nothing of it; one that died is taken up again.
  const requestRestore = async (couponId: string): Promise<void> => {
    try {
      await restores.request(couponId);
    } catch (error) {
      onFault('restore request', error);
    }
  };

  return {
    lookUp(couponId) {
      const now = clock.monotonic();
      const known = kept.get(couponId);
      if (known && known.until > now) return known.standing;
      if (kept.size >= MAX_KEPT) kept.clear();
      const standing = ask(couponId);
      kept.set(couponId, { standing, until: now + KEEP_MS });
      standing.catch(() => kept.delete(couponId));
      return standing;
    },
  };
}
