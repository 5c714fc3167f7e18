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

/** The refusals that the gate counts; a request that lacks its Idempotency-Key is none of a claim. */
export const COUNTED_REFUSALS = [
  'sold_out',
  'issue_not_started',
  'issue_ended',
  'coupon_paused',
  'coupon_closed',
  'user_limit_reached',
] as const satisfies readonly GateRefusal[];

export type RefusalCounts = Readonly<Record<(typeof COUNTED_REFUSALS)[number], number>>;

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
      /** Limited by a change that was not committed, or not yet. */
      readonly restricted: boolean;
      /** Since when this gate decides, by its own clock, milliseconds since 1970. */
      readonly openedAt: number;
      /** How often it refused since then: claims, not users. */
      readonly refusals: RefusalCounts;
    }
  | {
      readonly kind: 'closed';
      readonly why: GateClosure;
      readonly buildingEpoch: number | undefined;
      /** Of the terms it was told last, 0 if it was told none. */
      readonly version: number;
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

/** What a gate is to obey, as PostgreSQL has it in one version of the coupon. */
export interface GateTerms {
  readonly epoch: number;
  readonly version: number;
  readonly quantity: number;
  readonly control: CouponControl;
  readonly issueEndsAt: number;
  /** When Valkey may forget the gate, milliseconds since 1970. */
  readonly forgetAt: number;
}

/** What a change takes away that is not committed yet: the gate gives no more, and no longer. */
export interface GateLimit {
  readonly quantity: number;
  readonly issueEndsAt: number;
}

export type ApplyOutcome =
  | { readonly kind: 'applied' }
  /** It had these terms already. */
  | { readonly kind: 'current' }
  /** It had these terms already, limited by a change that came to nothing. */
  | { readonly kind: 'restricted' }
  /** It has later terms. */
  | { readonly kind: 'stale'; readonly version: number }
  /** It is of a later epoch than the terms. */
  | { readonly kind: 'superseded' }
  /** More is given than the quantity: nothing was changed. */
  | { readonly kind: 'below_given'; readonly given: number }
  /** Claims may have been let in after the new end: nothing was changed. */
  | { readonly kind: 'end_past' }
  | { readonly kind: 'closed'; readonly why: GateClosure };
