import { describe, expect, it } from '@jest/globals';
import type { Facts, GrantedFact, RowFact } from '../../local/invariants/facts.ts';
import {
  noRefusalAfterSuccess,
  successIsKept,
} from '../../local/invariants/invariants-of-replies.ts';
import { loadedClaim, newCouponId } from '../support/samples.ts';

const couponId = newCouponId();

function row(userId: string, changes: Partial<RowFact> = {}): RowFact {
  return { ...loadedClaim(couponId, userId), state: 'issued', ...changes };
}

function granted(userId: string, outcome: string | null, issuanceId: string | null): GrantedFact {
  return { couponId, userKey: row(userId).userKey, outcome, issuanceId };
}

function facts(rows: readonly RowFact[], users: readonly GrantedFact[]): Facts {
  const nothing = { starts: new Map(), ends: new Map(), committed: new Map() };
  return {
    ledger: {
      coupons: [],
      rows,
      fences: new Map(),
      quarantine: [],
      redemptions: [],
      granted: users,
      notifications: [],
    },
    log: { ...nothing, records: { readable: [], quarantined: [] }, sentAt: new Map() },
    gates: new Map(),
    replies: [],
    redeemReplies: [],
    rollbackReplies: [],
    readAt: 0,
  };
}

describe('the invariants over grants', () => {
  it('hold where each row has its user, given or pending', () => {
    const sound = facts(
      [row('anna'), row('ben'), row('carl')],
      [
        granted('anna', 'accepted', row('anna').id),
        granted('ben', 'already_had', row('ben').id),
        granted('carl', null, null),
        granted('dora', 'sold_out', null),
      ],
    );
    expect(successIsKept(sound)).toMatchObject({ checked: 2, violations: [] });
    expect(noRefusalAfterSuccess(sound).violations).toEqual([]);
  });

  it.each(['accepted', 'already_had'])('find what is counted as %s and is no row', (outcome) => {
    const { id } = row('anna');
    expect(successIsKept(facts([], [granted('anna', outcome, id)])).violations).toEqual([
      `success ${id} of a grant is not in PostgreSQL`,
    ]);
  });

  it.each([
    ['refused', granted('anna', 'sold_out', null)],
    ['another user', granted('ben', null, null)],
    ['of another coupon', { ...granted('anna', null, null), couponId: newCouponId() }],
  ])('find a row that no grant accounts for: %s', (_, user) => {
    expect(noRefusalAfterSuccess(facts([row('anna')], [user])).violations).toEqual([
      `row ${row('anna').id} belongs to no claim that could have been accepted`,
    ]);
  });

  it('find a second row of a user whom a grant gives one', () => {
    const second = row('anna', { id: `${couponId}_${'B'.repeat(22)}` });
    const doubled = facts([row('anna'), second], [granted('anna', null, null)]);
    expect(noRefusalAfterSuccess(doubled).violations).toHaveLength(1);
  });
});
