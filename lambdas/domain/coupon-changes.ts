import type { AuditAction } from './audit.ts';
import type { Coupon, CouponTerms } from './coupon.ts';
import type { CouponNotifications } from './notification.ts';
import { isSameChoice, summaryOf } from './notification-choice.ts';
import type { CouponReading } from './ports.ts';

/** What an operator wants to be otherwise; what is not named stays. */
export interface CouponPatch {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly quantity?: number | undefined;
  /** Milliseconds since 1970. */
  readonly issueEndsAt?: number | undefined;
  /** Null: nobody is told anything any more. */
  readonly notifications?: CouponNotifications | null | undefined;
}

export type ControlVerb = 'pause' | 'resume' | 'close';

export type ChangeRefusal =
  /** Closed is final. */
  | { readonly kind: 'closed' }
  /** Nothing is issued any more that could be paused or resumed. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'below_given'; readonly given: number }
  | { readonly kind: 'end_not_after_start' }
  | { readonly kind: 'end_past' };

/** What a change comes to for the coupon as it is; the same terms mean that it is so already. */
export type Proposal =
  | { readonly kind: 'terms'; readonly terms: CouponTerms; readonly action: AuditAction }
  | { readonly kind: 'refused'; readonly refusal: ChangeRefusal };

export type Propose = (reading: CouponReading) => Proposal;

/** What is as it was already is never refused: it may be asked for again, its answer lost. */
export function proposePatch(patch: CouponPatch): Propose {
  return ({ coupon, readAt }) => {
    const terms: CouponTerms = {
      ...termsOf(coupon),
      name: patch.name ?? coupon.name,
      description: patch.description ?? coupon.description,
      quantity: patch.quantity ?? coupon.quantity,
      issueEndsAt: patch.issueEndsAt ?? coupon.issueEndsAt,
      notifications:
        patch.notifications === undefined
          ? coupon.notifications
          : (patch.notifications ?? undefined),
    };
    const movesEnd = terms.issueEndsAt !== coupon.issueEndsAt;
    const isIssuing = movesEnd || terms.quantity !== coupon.quantity;
    if (isIssuing && coupon.control === 'closed') return refused({ kind: 'closed' });
    if (movesEnd && terms.issueEndsAt <= coupon.issueStartsAt) {
      return refused({ kind: 'end_not_after_start' });
    }
    if (movesEnd && terms.issueEndsAt < readAt) return refused({ kind: 'end_past' });
    // The gate may have given more; never less.
    if (terms.quantity < coupon.issued) {
      return refused({ kind: 'below_given', given: coupon.issued });
    }
    return { kind: 'terms', terms, action: 'coupon.changed' };
  };
}

const CONTROLS = {
  pause: { control: 'paused', action: 'coupon.paused' },
  resume: { control: 'active', action: 'coupon.resumed' },
  close: { control: 'closed', action: 'coupon.closed' },
} as const;

/** An ended coupon can still be closed: then its window can't be extended any more. */
export function proposeControl(verb: ControlVerb): Propose {
  return ({ coupon, readAt }) => {
    const { control, action } = CONTROLS[verb];
    const terms = { ...termsOf(coupon), control };
    if (coupon.control === control) return { kind: 'terms', terms, action };
    if (coupon.control === 'closed') return refused({ kind: 'closed' });
    if (verb !== 'close' && readAt >= coupon.issueEndsAt) return refused({ kind: 'ended' });
    return { kind: 'terms', terms, action };
  };
}

function refused(refusal: ChangeRefusal): Proposal {
  return { kind: 'refused', refusal };
}

export function termsOf(coupon: CouponTerms): CouponTerms {
  const { name, description, quantity, issueEndsAt, control, notifications } = coupon;
  return { name, description, quantity, issueEndsAt, control, notifications };
}

type Difference = Readonly<Partial<Record<keyof CouponTerms, unknown>>>;

/** The fields that differ, with their values, for the audit; undefined if none does. */
export function difference(
  before: CouponTerms,
  after: CouponTerms,
): { readonly before: Difference; readonly after: Difference } | undefined {
  const names = (Object.keys(termsOf(before)) as (keyof CouponTerms)[]).filter((name) =>
    name === 'notifications'
      ? !isSameChoice(before.notifications, after.notifications)
      : before[name] !== after[name],
  );
  if (names.length === 0) return undefined;
  const of = (terms: CouponTerms): Difference =>
    Object.fromEntries(names.map((name) => [name, shown(name, terms)]));
  return { before: of(before), after: of(after) };
}

function shown(name: keyof CouponTerms, terms: CouponTerms): unknown {
  if (name === 'issueEndsAt') return new Date(terms.issueEndsAt).toISOString();
  return name === 'notifications' ? summaryOf(terms.notifications) : terms[name];
}

/** What is taken away by going from one to the other; undefined if nothing is. */
export function limitOf(
  before: Coupon,
  after: CouponTerms,
): { readonly quantity: number; readonly issueEndsAt: number } | undefined {
  const quantity = Math.min(before.quantity, after.quantity);
  const issueEndsAt = Math.min(before.issueEndsAt, after.issueEndsAt);
  const takesAway = quantity < before.quantity || issueEndsAt < before.issueEndsAt;
  return takesAway ? { quantity, issueEndsAt } : undefined;
}
