import type { CheckLedger } from '../../domain/ledger-check.ts';
import { sizeOf } from '../../domain/ledger-check.ts';
import type { Meter } from '../../domain/metrics.ts';
import type { CheckedCoupon, CheckReport } from './check-ledger.ts';

export interface CheckHandlerDependencies {
  readonly check: () => Promise<CheckReport>;
  readonly ledger: Pick<CheckLedger, 'countQuarantine'>;
  readonly meter: Meter;
  readonly logger: { error(message: string, fields: Readonly<Record<string, unknown>>): void };
}

export interface CheckTold {
  /** Coupons that were looked at. */
  readonly coupons: number;
  /** Units; null where nothing is known. */
  readonly drift: number | null;
}

/** Of so many open coupons the units are told one by one: each is a series that has to be paid for. */
const MAX_TOLD_COUPONS = 50;

/** Tells what gate, log and ledger say of the coupons' units, and whether it adds up. */
export function checkHandler({
  check,
  ledger,
  meter,
  logger,
}: CheckHandlerDependencies): () => Promise<CheckTold> {
  return async () => {
    meter.record('QuarantineWaiting', await ledger.countQuarantine());
    const { coupons, unrecorded } = await check();
    if (unrecorded !== undefined) meter.record('RecordLag', unrecorded);
    const open = coupons.filter(({ isOpen }) => isOpen);
    meter.record('GatesClosed', open.filter(({ gate }) => gate?.kind !== 'open').length);
    for (const { couponId, gate } of open.slice(0, MAX_TOLD_COUPONS)) {
      if (gate?.kind !== 'open') continue;
      meter.record('UnitsLeft', Math.max(0, gate.quantity - gate.given), { couponId });
      meter.record('UnitsGiven', gate.given, { couponId });
    }
    return { coupons: coupons.length, drift: tellDrift(coupons) };
  };

  function tellDrift(coupons: readonly CheckedCoupon[]): number | null {
    const known = coupons.flatMap(({ drift }) => (drift === undefined ? [] : [sizeOf(drift)]));
    // Of none of them anything is known: that is not 0.
    if (coupons.length > 0 && known.length === 0) return null;
    const total = known.reduce((sum, size) => sum + size, 0);
    meter.record('LedgerDrift', total);
    for (const { couponId, drift, issued, rows, gate } of coupons) {
      if (drift === undefined || sizeOf(drift) === 0) continue;
      const given = gate?.kind === 'open' ? gate.given : undefined;
      logger.error('ledger drift', { couponId, ...drift, issued, rows, given });
    }
    return total;
  }
}
