import { identifiers, newCouponId } from '../../lambdas/adapters/crypto/identifiers.ts';
import type { CouponDefinition } from '../../lambdas/domain/coupon.ts';
import type { ClaimRequest, GateContents, GateTerms } from '../../lambdas/domain/gate.ts';
import { issuanceId } from '../../lambdas/domain/issuance.ts';
import type { LoadedClaim } from '../../lambdas/domain/ports.ts';

export { newCouponId };

export const ids = identifiers('a secret of the tests, long enough');

export const operator = { id: 'operator', requestId: 'request-of-the-tests' };

const HOUR_MS = 60 * 60 * 1000;

/** A coupon that is open now, for an hour before and after. */
export function definition(changes: Partial<CouponDefinition> = {}): CouponDefinition {
  return {
    name: 'Sample',
    description: '',
    quantity: 10,
    perUserLimit: 1,
    issueStartsAt: Date.now() - HOUR_MS,
    issueEndsAt: Date.now() + HOUR_MS,
    validity: { days: 30 },
    discount: { type: 'amount', amount: 500, currency: 'KRW' },
    conditions: {},
    selfRedeem: false,
    ...changes,
  };
}

/** What a gate opens with that is open now and empty. */
export function contents(changes: Partial<GateContents> = {}): GateContents {
  return {
    epoch: 1,
    version: 1,
    quantity: 10,
    given: 0,
    lastSequence: 0,
    perUserLimit: 1,
    control: 'active',
    issueStartsAt: Date.now() - HOUR_MS,
    issueEndsAt: Date.now() + HOUR_MS,
    forgetAt: Date.now() + 2 * HOUR_MS,
    ...changes,
  };
}

/** What a gate with these contents obeys. */
export function terms(changes: Partial<GateTerms> = {}): GateTerms {
  const { epoch, version, quantity, control, issueEndsAt, forgetAt } = contents();
  return { epoch, version, quantity, control, issueEndsAt, forgetAt, ...changes };
}

export function claimOf(couponId: string, userId: string, key?: string): ClaimRequest {
  return {
    couponId,
    userId,
    userKey: ids.userKey(userId),
    digest: ids.issuanceDigest(couponId, userId, ''),
    keyedDigest: key === undefined ? undefined : ids.issuanceDigest(couponId, userId, key),
  };
}

/** A claim as the ledger gives it to a gate that is being rebuilt. */
export function loadedClaim(
  couponId: string,
  userId: string,
  changes: Partial<LoadedClaim> = {},
): LoadedClaim {
  return {
    id: issuanceId(couponId, ids.issuanceDigest(couponId, userId, '')),
    couponId,
    userId,
    userKey: ids.userKey(userId),
    ordinal: 1,
    sequence: 1,
    acceptedAt: Date.now() - 60_000,
    epoch: 1,
    ...changes,
  };
}

/** Users as a grant's order names them. */
export function grantedUsers(userIds: readonly string[]): { id: string; key: string }[] {
  return userIds.map((id) => ({ id, key: ids.userKey(id) }));
}
