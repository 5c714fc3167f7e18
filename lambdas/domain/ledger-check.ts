import type { GateStatus } from './gate.ts';

/** What PostgreSQL says of a coupon's units, all of one moment. */
export interface CouponUnits {
  readonly couponId: string;
  readonly quantity: number;
  readonly epoch: number;
  readonly version: number;
  /** By the coupon's counter, which moves with each row that is inserted. */
  readonly issued: number;
  /** Rows, by the counts that triggers keep: also one that somebody deletes by hand moves them. */
  readonly rows: number;
  /** Whether users can claim it now: it is open, not paused, closed, ahead or over. */
  readonly isOpen: boolean;
}

/** PostgreSQL, for the ledger check: a few cheap reads, whatever the number of rows. */
export interface CheckLedger {
  /**
   * Of the coupons whose issue window has begun, until `endedMs` after its end, in the order of
   * their ids. Rejects with LedgerUnavailable.
   */
  readUnits(endedMs: number): Promise<CouponUnits[]>;
  /** Ids of a coupon's quarantined claims that are no rows, at most `most`. */
  quarantinedIds(couponId: string, most: number): Promise<string[]>;
  /** Quarantined records that no operator has seen to. */
  countQuarantine(): Promise<number>;
}

/** How gate, log and ledger are compared. */
export interface CheckSettings {
  /** Coupons whose issue window is over are checked for so long. Milliseconds. */
  readonly endedMs: number;
  /** Until a drift is looked at once more. Milliseconds. */
  readonly againMs: number;
  /** Of a coupon with more quarantined claims than this nobody is told that units are lost. */
  readonly maxQuarantined: number;
}

/** One reading of a coupon, in the order in which its parts were read: each may only lag behind. */
export interface UnitsReading {
  readonly before: CouponUnits;
  readonly gate: GateStatus;
  /** Records in the log, of all coupons, that the record group had not committed. */
  readonly unrecorded: number;
  /** Read after all others. */
  readonly after: CouponUnits;
}

/** How a coupon's units do not add up; each number surely so, whatever is under way. */
export interface Drift {
  /** Rows by the counter and by the counts: it was written past the record function. */
  readonly counter: number;
  /** Units that the gate has given, and that are nowhere: not pending, not in the log, no row. */
  readonly lost: number;
  /** Rows that the gate does not know: their units can be given again. */
  readonly unknown: number;
  /** By which gate and coupon have different quantities, in the same terms. */
  readonly quantity: number;
}

/**
 * I5, for a coupon that is being claimed. The order of reading makes it sure: whatever the gate had
 * given was pending then, or already in the log, whose records were rows by the last reading unless
 * they were not yet committed; and a row that was there before the gate was asked had been given.
 * What is under way can hide a loss for as long as it lasts, and never makes one up.
 *
 * Undefined where the gate tells nothing, or another one was begun meanwhile. Quarantined claims
 * are in the gate and no rows: they still count as lost here.
 */
export function driftOf({ before, gate, unrecorded, after }: UnitsReading): Drift | undefined {
  if (gate.kind === 'closed' || gate.epoch !== before.epoch || gate.epoch !== after.epoch) {
    return undefined;
  }
  const isSameTerms =
    gate.version === before.version && gate.version === after.version && !gate.restricted;
  return {
    counter: Math.abs(after.issued - after.rows),
    lost: Math.max(0, gate.given - gate.pending - unrecorded - after.rows),
    unknown: Math.max(0, before.rows - gate.given),
    quantity: isSameTerms ? Math.abs(gate.quantity - after.quantity) : 0,
  };
}

/** What both of two readings say. */
export function driftOfBoth(one: Drift, other: Drift): Drift {
  return {
    counter: Math.min(one.counter, other.counter),
    lost: Math.min(one.lost, other.lost),
    unknown: Math.min(one.unknown, other.unknown),
    quantity: Math.min(one.quantity, other.quantity),
  };
}

/** Units. A row that was deleted is missing twice: by the counter, and to the gate. */
export function sizeOf({ counter, lost, unknown, quantity }: Drift): number {
  return Math.max(counter, lost + unknown) + quantity;
}
