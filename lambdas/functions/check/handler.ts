import { faultWords, plainFault } from '../../domain/fault-words.ts';
import type { CheckLedger } from '../../domain/ledger-check.ts';
import { sizeOf } from '../../domain/ledger-check.ts';
import type { Logger } from '../../domain/log-lines.ts';
import type { Meter } from '../../domain/metrics.ts';
import { isExpectedFault } from '../../domain/ports.ts';
import type { CheckedCoupon } from './check-ledger.ts';

export interface CheckHandlerDependencies {
  /** Counts the records in the log that are not yet in the ledger. */
  readonly unrecorded: () => Promise<number>;
  readonly check: () => Promise<readonly CheckedCoupon[]>;
  readonly ledger: Pick<CheckLedger, 'countQuarantine'>;
  readonly meter: Meter;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Told why nobody knows how far the log is recorded, which is no failure of the check. */
  readonly onFault: (what: string, error: unknown) => void;
}

export interface CheckTold {
  /** Coupons that were looked at. */
  readonly coupons: number;
  /** Units; null where nothing is known. */
  readonly drift: number | null;
}

const NOTHING_TOLD: CheckTold = { coupons: 0, drift: null };

/** Of so many open coupons the units are told one by one: each is a series that has to be paid for. */
const MAX_TOLD_COUPONS = 50;

/**
 * Tells what gate, log and ledger say of the coupons' units, and whether it adds up. Its parts wait
 * for different servers, and none of them for another part.
 */
export function checkHandler({
  unrecorded,
  check,
  ledger,
  meter,
  logger,
  onFault,
}: CheckHandlerDependencies): () => Promise<CheckTold> {
  return async () => {
    const failures: unknown[] = [];
    const failed = (what: string) => (error: unknown) => {
      failures.push(error);
      logger.warn('fault', { what, ...faultWords(error) });
      return NOTHING_TOLD;
    };
    const [told] = await Promise.all([
      check().then(tellCoupons).catch(failed('coupons to be checked')),
      tellLag().catch((error: unknown) => {
        onFault('log to be measured', error);
      }),
      tellQuarantine().catch(failed('quarantine to be counted')),
    ]);
    if (failures.length === 0) return told;
    // One of them is the invocation's, and a bug rather than a server that is away.
    throw plainFault(failures.find((failure) => !isExpectedFault(failure)) ?? failures[0]);
  };

  async function tellLag(): Promise<void> {
    meter.record('RecordLag', await unrecorded());
  }

  async function tellQuarantine(): Promise<void> {
    meter.record('QuarantineWaiting', await ledger.countQuarantine());
  }

  function tellCoupons(coupons: readonly CheckedCoupon[]): CheckTold {
    const open = coupons.filter(({ isOpen }) => isOpen);
    meter.record('GatesClosed', open.filter(({ gate }) => gate?.kind !== 'open').length);
    for (const { couponId, gate } of open.slice(0, MAX_TOLD_COUPONS)) {
      if (gate?.kind !== 'open') continue;
      meter.record('UnitsLeft', Math.max(0, gate.quantity - gate.given), { couponId });
      meter.record('UnitsGiven', gate.given, { couponId });
    }
    return { coupons: coupons.length, drift: tellDrift(coupons) };
  }

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
