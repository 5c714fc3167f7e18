import type { Actor } from './audit.ts';

/**
 * Claims accepted this long after their user was erased count as earlier ones: clocks differ, and
 * a claim that was on its way passes the gate within this time. Milliseconds.
 */
export const ERASURE_MARGIN_MS = 5_000;

/** A user as the ledger knows one. */
export interface KnownUser {
  readonly id: string;
  /** Stays after the erasure, and with it the limit per user. */
  readonly key: string;
}

/** PostgreSQL, for the erasure of users. Rejects with LedgerUnavailable. */
export interface ErasureLedger {
  /**
   * Forgets the user's id wherever it is stored, and has records that come later stored without
   * it. Returns the ids of all the user's issuances, also of those that were nameless before.
   */
  eraseUser(user: KnownUser, actor: Actor): Promise<string[]>;
}
