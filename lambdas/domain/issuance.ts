/** How long the part of an issuance's id behind its coupon's is: 128 bits in base64url. */
const DIGEST_LENGTH = 22;
const COUPON_ID_LENGTH = 12;
const ISSUANCE_ID = /^[a-z0-9]{12}_[A-Za-z0-9_-]{22}$/;

export type IssuanceState = 'accepted' | 'issued' | 'held' | 'redeemed' | 'expired' | 'revoked';

/** An issuance as the gate knows it. Times are milliseconds since 1970 (UTC). */
export interface ClaimedIssuance {
  readonly id: string;
  readonly couponId: string;
  /** Null after the user was erased. */
  readonly userId: string | null;
  /** Which of the user's `perUserLimit` issuances this is, from 1. */
  readonly ordinal: number;
  /** The place in the coupon's line, from 1; a rebuilt gate may leave gaps. */
  readonly sequence: number;
  /** The gate's clock when it let the claim in. */
  readonly acceptedAt: number;
  /** Which of the coupon's gates let it in. */
  readonly epoch: number;
}

/** The states of an issuance that is a row. */
export const RECORDED_STATES = ['issued', 'held', 'redeemed', 'expired', 'revoked'] as const;

export type RecordedState = (typeof RECORDED_STATES)[number];

/** An issuance as a row of the ledger, at the moment of its reading by the database's clock. */
export interface RecordedIssuance extends ClaimedIssuance {
  readonly state: RecordedState;
  /** The secret by which it can be redeemed. Never logged. */
  readonly code: string;
  readonly issuedAt: number;
  readonly validFrom: number;
  readonly validUntil: number;
  /** While it is held. */
  readonly hold?: Hold | undefined;
  /** While it is redeemed. */
  readonly redemption?: LiveRedemption | undefined;
}

/** A redemption reserved for one order. */
export interface Hold {
  readonly orderId: string;
  /** Exclusive; never past the issuance's validity. */
  readonly until: number;
}

/** Which use was made of an issuance. */
export interface LiveRedemption {
  readonly id: string;
  readonly orderId: string;
  readonly redeemedAt: number;
}

/** What of the state is written; time does the rest. */
export interface StoredState {
  readonly state: Exclude<RecordedState, 'expired'>;
  readonly hold?: Hold | undefined;
  readonly validUntil: number;
}

/** The state at `now` (milliseconds): past its end a hold is as none, and so is the validity. */
export function issuanceState(
  { state, hold, validUntil }: StoredState,
  now: number,
): RecordedState {
  if (state === 'redeemed' || state === 'revoked') return state;
  if (validUntil <= now) return 'expired';
  return hold !== undefined && hold.until > now ? 'held' : 'issued';
}

export function issuanceId(couponId: string, digest: string): string {
  return `${couponId}_${digest}`;
}

export function isIssuanceId(text: string): boolean {
  return ISSUANCE_ID.test(text);
}

/** The coupon whose gate knows this issuance. */
export function couponIdOf(id: string): string {
  return id.slice(0, COUPON_ID_LENGTH);
}

/** The part of the id behind the coupon's: what the gate keys its claims by. */
export function digestOf(id: string): string {
  return id.slice(-DIGEST_LENGTH);
}
