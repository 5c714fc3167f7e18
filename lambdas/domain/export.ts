import type { Actor } from './audit.ts';
import type { IssuanceState } from './issuance.ts';

/**
 * An issuance as it leaves the house: without its code. Times are milliseconds since 1970 (UTC).
 */
export interface ExportedIssuance extends ExportPlace {
  /** Null after the user was erased. */
  readonly userId: string | null;
  /** At the database's clock. */
  readonly state: Exclude<IssuanceState, 'accepted'>;
  readonly acceptedAt: number;
  readonly issuedAt: number;
  readonly validFrom: number;
  readonly validUntil: number;
  /** Of its live redemption; null without one. */
  readonly orderId: string | null;
  readonly redeemedAt: number | null;
}

/** A place in an export, which has the order of the line. No issuance ever changes its place. */
export interface ExportPlace {
  readonly sequence: number;
  /** Should two have the same sequence. */
  readonly id: string;
}

export interface ExportQuery {
  readonly couponId: string;
  readonly limit: number;
  /** Only issuances that come after this place. */
  readonly after: ExportPlace | undefined;
}

/** PostgreSQL, for exports. Rejects with LedgerUnavailable. */
export interface ExportLedger {
  /**
   * Notes in the audit that the coupon's issuances are exported. Returns the export's id, which
   * every further page has to name; undefined if there is no such coupon.
   */
  beginExport(
    couponId: string,
    actor: Actor,
    details: Readonly<Record<string, unknown>>,
  ): Promise<string | undefined>;
  /** Whether this actor has begun this export of this coupon. */
  hasBegun(exportId: string, couponId: string, actor: Actor): Promise<boolean>;
  /** A page; each issuance that is there all the while is in exactly one. */
  listIssuances(query: ExportQuery): Promise<ExportedIssuance[]>;
}
