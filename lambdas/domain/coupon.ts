import type { Conditions } from './conditions.ts';
import type { Discount } from './discount.ts';
import type { CouponNotifications } from './notification.ts';

/** From when until when an issuance may be redeemed: days from its acceptance, or a fixed period. */
export type Validity =
  { readonly days: number } | { readonly from: number; readonly until: number };

/** The operator's hand on a coupon; `closed` is final. */
export type CouponControl = 'active' | 'paused' | 'closed';

export const COUPON_STATES = ['scheduled', 'open', 'paused', 'closed', 'ended'] as const;

export type CouponState = (typeof COUPON_STATES)[number];

/** What the operator decides when creating a coupon. Times are milliseconds since 1970 (UTC). */
export interface CouponDefinition {
  readonly name: string;
  readonly description: string;
  readonly quantity: number;
  readonly perUserLimit: number;
  readonly issueStartsAt: number;
  readonly issueEndsAt: number;
  readonly validity: Validity;
  readonly discount: Discount;
  readonly conditions: Conditions;
  /** Whether a shopper's own token may redeem it; never with conditions. */
  readonly selfRedeem: boolean;
  /** Who is told what; without it nobody is. */
  readonly notifications?: CouponNotifications | undefined;
}

/** What of a coupon can be changed. */
export type CouponTerms = Pick<
  Coupon,
  'name' | 'description' | 'quantity' | 'issueEndsAt' | 'control' | 'notifications'
>;

export interface Coupon extends CouponDefinition {
  readonly id: string;
  /** Rows in the ledger. */
  readonly issued: number;
  readonly control: CouponControl;
  /** Counts the changes of the definition, from 1. */
  readonly version: number;
  /** Counts the gates built for this coupon; 0 before the first. */
  readonly epoch: number;
  readonly createdAt: number;
}

const COUPON_ID = /^[a-z0-9]{12}$/;

export function isCouponId(text: string): boolean {
  return COUPON_ID.test(text);
}

/** The state at `now` (milliseconds): the operator's word first, then the window. */
export function couponState(
  coupon: Pick<Coupon, 'control' | 'issueStartsAt' | 'issueEndsAt'>,
  now: number,
): CouponState {
  if (coupon.control === 'closed') return 'closed';
  if (now >= coupon.issueEndsAt) return 'ended';
  if (coupon.control === 'paused') return 'paused';
  return now < coupon.issueStartsAt ? 'scheduled' : 'open';
}

/**
 * Whether a gate of this coupon is to be had at `now` (milliseconds). Also past the end of the
 * window: only a gate can tell who was accepted and is not yet a row. Once no such record can be
 * delivered any more, the rows say it all, as they do for a coupon that never had a gate.
 *
 * @param forgetAfterMs from the end of the issue window until gates are forgotten
 */
export function mayHaveGate(
  coupon: Pick<Coupon, 'epoch' | 'issueEndsAt'>,
  now: number,
  forgetAfterMs: number,
): boolean {
  const neverHadOne = coupon.epoch === 0;
  return now < coupon.issueEndsAt + (neverHadOne ? 0 : forgetAfterMs);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The period in which an issuance accepted at `acceptedAt` (milliseconds) may be redeemed. */
export function validPeriod(
  validity: Validity,
  acceptedAt: number,
): { readonly from: number; readonly until: number } {
  if ('days' in validity) {
    return { from: acceptedAt, until: acceptedAt + validity.days * DAY_MS };
  }
  return { from: validity.from, until: validity.until };
}
