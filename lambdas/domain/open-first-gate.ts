import { mayHaveGate } from './coupon.ts';
import type { FillSettings } from './fill-gate.ts';
import { fillGate } from './fill-gate.ts';
import type { RestoreLeases, RestoreLedger, StockGate } from './ports.ts';

export interface FirstGateDependencies {
  readonly gate: StockGate;
  readonly ledger: RestoreLedger;
  readonly leases: RestoreLeases;
  /** Tells those apart who open gates. */
  readonly holder: string;
  readonly settings: FillSettings & {
    /** How long this may keep a rebuild from starting. */
    readonly leaseMs: number;
  };
}

/**
 * Opens the gate of a coupon that never had one: before it nothing can have been accepted, so
 * there is nothing in the log to wait for. False if it is another's to open, or to build.
 */
export async function openFirstGate(
  couponId: string,
  dependencies: FirstGateDependencies,
): Promise<boolean> {
  const { ledger, leases, holder, settings } = dependencies;
  if (!(await leases.take(couponId, holder, settings.leaseMs))) return false;
  try {
    const reading = await ledger.findCoupon(couponId);
    if (reading?.coupon.epoch !== 0) return false;
    if (!mayHaveGate(reading.coupon, reading.readAt, settings.forgetAfterMs)) return false;
    return await open(couponId, dependencies);
  } finally {
    // It runs out by itself.
    await leases.release(couponId, holder).catch(() => undefined);
  }
}

async function open(
  couponId: string,
  { gate, ledger, settings }: FirstGateDependencies,
): Promise<boolean> {
  // Another's first epoch makes this the second, which needs the log.
  if ((await ledger.beginEpoch(couponId)) !== 1) return false;
  if (!(await gate.beginBuilding(couponId, 1))) return false;
  return ledger.withLockedCoupon(couponId, async (locked) => {
    return locked.coupon.epoch === 1 && (await fillGate(locked, gate, settings));
  });
}
