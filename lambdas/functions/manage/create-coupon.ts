import type { Actor } from '../../domain/audit.ts';
import type { Coupon, CouponDefinition } from '../../domain/coupon.ts';
import type { CouponLedger } from '../../domain/ports.ts';
import type { RestoreResult } from '../../domain/restore-gate.ts';

export interface CreateCouponDependencies {
  readonly ledger: CouponLedger;
  readonly newCouponId: () => string;
  readonly restore: (couponId: string) => Promise<RestoreResult>;
  readonly onFault: (what: string, error: unknown) => void;
}

/**
 * Writes the coupon and opens its gate. If that fails the coupon exists all the same, and the
 * restore function's schedule opens the gate as soon as it can.
 */
export async function createCoupon(
  definition: CouponDefinition,
  actor: Actor,
  { ledger, newCouponId, restore, onFault }: CreateCouponDependencies,
): Promise<Coupon> {
  const coupon = await ledger.createCoupon(newCouponId(), definition, actor);
  try {
    await restore(coupon.id);
  } catch (error) {
    onFault('open gate', error);
  }
  return coupon;
}
