import type { Actor } from './audit.ts';
import type { Grant, GrantOutcome } from './grant.ts';

/** What an operator orders. */
export interface GrantOrder {
  readonly id: string;
  readonly couponId: string;
  /** Distinct, in the order in which they are served. */
  readonly users: readonly { readonly id: string; readonly key: string }[];
  /** How many users the operator's list named again. */
  readonly duplicates: number;
}

export type GrantCreation =
  /** New, or there already under this id. */
  | { readonly kind: 'there'; readonly grant: Grant }
  | { readonly kind: 'unknown_coupon' }
  /** Nobody could get one: told at once, instead of by a grant that is refused for each user. */
  | { readonly kind: 'refused'; readonly reason: 'coupon_closed' | 'issue_ended' };

/** PostgreSQL, for those who order grants. Rejects with LedgerUnavailable. */
export interface GrantLedger {
  createGrant(order: GrantOrder, actor: Actor): Promise<GrantCreation>;
  findGrant(id: string): Promise<Grant | undefined>;
}

/** Asks for the grants to be worked on, without waiting for it. */
export interface GrantRequests {
  request(): Promise<void>;
}

export type OpenGrant = Pick<Grant, 'id' | 'couponId' | 'createdAt'>;

export interface GrantUser {
  readonly position: number;
  readonly userId: string;
}

export interface SettledUser {
  readonly position: number;
  readonly outcome: GrantOutcome;
}

/** PostgreSQL, for the work on grants. Rejects with LedgerUnavailable. */
export interface GrantWork {
  /** Unfinished grants of coupons that can be claimed now, or never more; the oldest first. */
  openGrants(): Promise<OpenGrant[]>;
  /** The first users of the grant, in its order, that have no outcome yet. */
  pendingUsers(grantId: string, count: number): Promise<GrantUser[]>;
  /**
   * Keeps outcomes, the first of each user for ever, and finishes the grant when none is pending.
   * But a refusal gives way to an issuance: of two workers one may be told that the coupon is sold
   * out, and the other, after its quantity was raised, that the user has one.
   * Returns whether the grant is finished.
   */
  settle(grantId: string, users: readonly SettledUser[]): Promise<boolean>;
}

/** PostgreSQL, for keeping the work on grants to one process: their rate's bound, no promise. */
export interface GrantLease {
  /** Also renews the holder's own. False while another holder's lease runs. */
  take(holder: string, ms: number): Promise<boolean>;
  release(holder: string): Promise<void>;
}
