import type { Actor } from './audit.ts';
import type { Coupon } from './coupon.ts';
import type { RecordedIssuance } from './issuance.ts';
import type { Redemption } from './redemption.ts';

/** Names an issuance by its id, or by the secret that only its owner was told. */
export type IssuanceKey = { readonly issuanceId: string } | { readonly code: string };

/** All that decides what an order may do with an issuance, as it is at one moment. */
export interface OrderReading {
  readonly issuance: RecordedIssuance;
  readonly coupon: Pick<Coupon, 'conditions' | 'discount' | 'selfRedeem'>;
  /** This order's redemption of it, whatever became of that. */
  readonly ofOrder: Redemption | undefined;
  /** The database's clock at the reading, milliseconds since 1970. */
  readonly readAt: number;
}

export interface NewRedemption extends Omit<Redemption, 'redeemedAt' | 'rolledBackAt'> {
  /** The issuance must still be this user's; undefined: anybody's. */
  readonly ownerId: string | undefined;
  /** Who redeems; undefined for shoppers, of whom nothing is kept here. */
  readonly redeemedBy: string | undefined;
  /** Of the call that redeems, for the log lines of what is told of it. */
  readonly requestId: string;
  /** When the reading was made by which it was decided. */
  readonly decidedAt: number;
}

/**
 * PostgreSQL, for what becomes of an issuance. Each write is decided anew by the row as it is then,
 * and by the database's clock; a write that comes to nothing has changed nothing, and what it was
 * decided by is to be read again. Rejects with LedgerUnavailable: then a write may have happened,
 * and asking again tells.
 */
export interface RedemptionLedger {
  readForOrder(key: IssuanceKey, orderId: string): Promise<OrderReading | undefined>;
  /** Undefined where the issuance was not to be had for this order any more. */
  redeem(redemption: NewRedemption): Promise<Redemption | undefined>;
  /** Takes or renews the order's hold; returns its end, or undefined as above. */
  hold(issuanceId: string, orderId: string, minutes: number): Promise<number | undefined>;
  /** False where the order has no hold that still runs. */
  releaseHold(issuanceId: string, orderId: string): Promise<boolean>;
  /** The redemption as it is undone, now or before; undefined if there is none. */
  rollBack(redemptionId: string, actor: Actor): Promise<Redemption | undefined>;
  /** Undefined where there is nothing to revoke. */
  revoke(issuanceId: string, actor: Actor): Promise<RecordedIssuance | undefined>;
}
