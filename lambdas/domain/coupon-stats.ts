import { mayHaveGate } from './coupon.ts';
import type { GateClosure, GateStatus, RefusalCounts } from './gate.ts';
import type { CouponReading, StockGate } from './ports.ts';

/** Why a gate tells nothing: its own reasons, or that it is away, or that its time is over. */
export const GATE_CLOSURES = [
  'missing',
  'building',
  'foreign',
  'drift',
  'unreachable',
  'over',
] as const satisfies readonly (GateClosure | 'unreachable' | 'over')[];

export type GateFigures =
  | {
      readonly kind: 'open';
      /** Milliseconds since 1970. */
      readonly since: number;
      readonly given: number;
      readonly remaining: number;
      /** Claims that are not yet rows. */
      readonly unrecorded: number;
      readonly pending: number;
      readonly refusals: RefusalCounts;
    }
  | { readonly kind: 'closed'; readonly why: (typeof GATE_CLOSURES)[number] };

/** Rows of a coupon by what has become of them, at one moment of the database's clock. */
export interface IssuanceCounts {
  /** Can be redeemed, now or once its validity begins. */
  readonly issued: number;
  readonly held: number;
  readonly redeemed: number;
  readonly expired: number;
  readonly revoked: number;
}

export interface LedgerStats {
  readonly reading: CouponReading;
  readonly counts: IssuanceCounts;
}

/** PostgreSQL, for a coupon's figures. Rejects with LedgerUnavailable. */
export interface StatsLedger {
  /** All of one moment, a whole second of the database's clock. */
  readStats(couponId: string): Promise<LedgerStats | undefined>;
}

export interface CouponStats extends LedgerStats {
  readonly gate: GateFigures;
}

export interface StatsDependencies {
  readonly ledger: StatsLedger;
  readonly gate: Pick<StockGate, 'status'>;
  /** From the end of the issue window until Valkey may forget the gate. */
  readonly forgetAfterMs: number;
  readonly onFault: (what: string, error: unknown) => void;
}

/**
 * A coupon's figures; undefined if there is no such coupon. The ledger's are told without a gate,
 * too. Rejects with LedgerUnavailable.
 */
export async function readStats(
  couponId: string,
  { ledger, gate, forgetAfterMs, onFault }: StatsDependencies,
): Promise<CouponStats | undefined> {
  // The rows first: each of them was given by then.
  const stats = await ledger.readStats(couponId);
  if (stats === undefined) return undefined;
  const { coupon, readAt } = stats.reading;
  const status = await gate.status(couponId).catch((error: unknown) => {
    onFault('gate figures', error);
    return undefined;
  });
  const isOver = !mayHaveGate(coupon, readAt, forgetAfterMs);
  return { ...stats, gate: figuresOf(status, coupon.issued, isOver) };
}

function figuresOf(status: GateStatus | undefined, rows: number, isOver: boolean): GateFigures {
  if (status === undefined) return { kind: 'closed', why: 'unreachable' };
  if (status.kind === 'closed') {
    return { kind: 'closed', why: status.why === 'missing' && isOver ? 'over' : status.why };
  }
  const { given, quantity, pending, openedAt, refusals } = status;
  return {
    kind: 'open',
    since: openedAt,
    given,
    // A gate that was built with more rows than the quantity gives nothing.
    remaining: Math.max(0, quantity - given),
    unrecorded: Math.max(0, given - rows),
    pending,
    refusals,
  };
}
