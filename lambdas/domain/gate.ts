import type { CouponControl } from './coupon.ts';
import type { ClaimedIssuance } from './issuance.ts';

/** A user's request for an issuance, as the gate sees it. */
export interface ClaimRequest {
  readonly couponId: string;
  readonly userId: string;
  readonly userKey: string;
  /** The id's digest where one issuance a user is allowed. */
  readonly digest: string;
  /** The id's digest by the request's Idempotency-Key, for coupons that allow several. */
  readonly keyedDigest: string | undefined;
}

/** Why the gate turned a claim down for good (for now: an operator may change the coupon). */
export type GateRefusal =
  | 'sold_out'
  | 'issue_not_started'
  | 'issue_ended'
  | 'coupon_paused'
  | 'coupon_closed'
  | 'user_limit_reached'
  | 'idempotency_key_required';

/** Why the gate decides nothing. */
export type GateClosure =
  /** Not there at all. */
  | 'missing'
  /** A rebuild is under way. */
  | 'building'
  /** Written by another server, or by this one before it lost its place in the replication. */
  | 'foreign'
  /** Its claims and its count do not agree: something was lost. */
  | 'drift';

export type ClaimOutcome =
  /** A new claim passed; `record` must be published before anyone is told. */
  | { readonly kind: 'accepted'; readonly issuance: ClaimedIssuance; readonly record: string }
  /** It passed before, but its publish was never confirmed: publish again. */
  | { readonly kind: 'pending'; readonly issuance: ClaimedIssuance; readonly record: string }
  /** It passed before and stands in the log. `ageMs` by the gate's clock. */
  | { readonly kind: 'claimed'; readonly issuance: ClaimedIssuance; readonly ageMs: number }
  | { readonly kind: 'refused'; readonly reason: GateRefusal }
  | { readonly kind: 'closed'; readonly why: GateClosure };

export type GateStatus =
  | {
      readonly kind: 'open';
      readonly epoch: number;
      readonly version: number;
      readonly quantity: number;
      readonly given: number;
      readonly pending: number;
    }
  | {
      readonly kind: 'closed';
      readonly why: GateClosure;
      readonly buildingEpoch: number | undefined;
    };

/** What a rebuilt gate opens with, besides the claims loaded before. */
export interface GateContents {
  readonly epoch: number;
  readonly version: number;
  readonly quantity: number;
  /** Claims loaded; the gate counts them itself and refuses to open on another number. */
  readonly given: number;
  /** The greatest sequence given so far. */
  readonly lastSequence: number;
  readonly perUserLimit: number;
  readonly control: CouponControl;
  readonly issueStartsAt: number;
  readonly issueEndsAt: number;
  /** When Valkey may forget the gate, milliseconds since 1970. */
  readonly forgetAt: number;
}
