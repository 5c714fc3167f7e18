import type { Actor } from '../../domain/audit.ts';
import type { Coupon, CouponDefinition } from '../../domain/coupon.ts';
import type { CouponLedger, RestoreRequests } from '../../domain/ports.ts';

export interface CreateCouponDependencies {
  readonly ledger: CouponLedger;
  readonly newCouponId: () => string;
  /** False if it is not this function's to open. */
  readonly openGate: (couponId: string) => Promise<boolean>;
  readonly restores: RestoreRequests;
  readonly onFault: (what: string, error: unknown) => void;
}

/**
 * Writes the coupon and opens its gate. If that fails the coupon exists all the same, and the
 * restore function opens the gate as soon as it can.
 */
export async function createCoupon(
  definition: CouponDefinition,
  actor: Actor,
  { ledger, newCouponId, openGate, restores, onFault }: CreateCouponDependencies,
): Promise<Coupon> {
  const coupon = await ledger.createCoupon(newCouponId(), definition, actor);
  try {
    if (!(await openGate(coupon.id))) await restores.request(coupon.id);
  } catch (error) {
    onFault('open gate', error);
  }
  return coupon;
}
