import type { GateRefusal } from './gate.ts';
import type { IssueOutcome } from './issue-coupon.ts';

/** How grants are worked on. */
export interface GrantSettings {
  /** Claims made at once, and outcomes kept at once. */
  readonly chunkSize: number;
  /** Of all grants together: shoppers come first. */
  readonly claimsPerSecond: number;
  readonly leaseMs: number;
  /** No chunk is begun later than this after the start. */
  readonly runMs: number;
}

const GRANT_ID = /^[A-Za-z0-9_-]{22}$/;

export function isGrantId(text: string): boolean {
  return GRANT_ID.test(text);
}

/**
 * Refusals that are the last word on a user of a grant. The others pass: a paused coupon is
 * resumed or ends, and one that has not started starts.
 */
export const GRANT_REFUSALS = [
  'sold_out',
  'issue_ended',
  'coupon_closed',
  'user_limit_reached',
] as const satisfies readonly GateRefusal[];

export type GrantRefusal = (typeof GRANT_REFUSALS)[number];

/** What came of a user's claim. */
export type GrantOutcome =
  | { readonly kind: 'accepted' | 'already_had'; readonly issuanceId: string }
  | { readonly kind: GrantRefusal };

/** A coupon for each of a list of users. Times are milliseconds since 1970 (UTC). */
export interface Grant {
  /** Also the Idempotency-Key of its claims. */
  readonly id: string;
  readonly couponId: string;
  /** Distinct users. */
  readonly total: number;
  /** Users that the list named again. */
  readonly duplicates: number;
  /** Together with `pending` they make the total. */
  readonly outcomes: Readonly<Record<GrantOutcome['kind'] | 'erased', number>>;
  readonly pending: number;
  readonly createdAt: number;
  /** When the last user had an outcome. */
  readonly finishedAt: number | undefined;
}

/**
 * What an answer to a grant's claim means for its user; undefined while it may still change.
 *
 * Whether a repeated claim was this grant's own, its first reply lost, or the user's, nobody can
 * tell afterwards, for both have the same id: who got the issuance since the grant was created
 * counts as accepted. That holds whatever the worker was killed over.
 */
export function grantOutcome(
  answer: IssueOutcome,
  { createdAt }: Pick<Grant, 'createdAt'>,
): GrantOutcome | undefined {
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'accepted', issuanceId: answer.issuance.id };
    case 'repeated': {
      const { id, acceptedAt } = answer.issuance;
      return { kind: acceptedAt < createdAt ? 'already_had' : 'accepted', issuanceId: id };
    }
    case 'refused': {
      const kind = GRANT_REFUSALS.find((refusal) => refusal === answer.reason);
      return kind && { kind };
    }
    case 'unknown_coupon':
    case 'gate_closed':
      return undefined;
  }
}
