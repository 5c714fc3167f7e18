import type { Actor } from './audit.ts';
import type { QuarantineReason } from './record-plan.ts';

/**
 * Of a quarantined record's value and key, at most this many bytes are shown: a page of 100, in
 * base64, has to stay below the 1 MB that a load balancer carries.
 */
export const MAX_SHOWN_BYTES = 6 * 1024;
export const MAX_SHOWN_KEY_BYTES = 512;

/** A record in quarantine. Times are milliseconds since 1970 (UTC). */
export interface QuarantinedRecord {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: QuarantineReason;
  readonly detail: string;
  /** As the record says, where it could be read. */
  readonly couponId: string | null;
  readonly issuanceId: string | null;
  /** The first {@link MAX_SHOWN_KEY_BYTES} of it, and {@link MAX_SHOWN_BYTES} of the value. */
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Of the whole value. */
  readonly valueBytes: number | null;
  readonly createdAt: number;
  readonly discardedAt: number | null;
  readonly discardedBy: string | null;
}

export interface QuarantineQuery {
  readonly reason: QuarantineReason | undefined;
  readonly discarded: boolean;
  readonly limit: number;
  /** Only records that come after the one with this id. */
  readonly after: string | undefined;
}

/** PostgreSQL, for operators who look after the quarantine. Rejects with LedgerUnavailable. */
export interface QuarantineLog {
  /** The newest first. */
  listQuarantine(query: QuarantineQuery): Promise<QuarantinedRecord[]>;
  /**
   * Marks a record as seen to. It stays where it is and is never stored; who discarded it first,
   * and when, stays too. Undefined if there is no such record.
   */
  discard(id: string, actor: Actor): Promise<QuarantinedRecord | undefined>;
}
