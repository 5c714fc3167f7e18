import { describe, expect, it } from '@jest/globals';
import type { CouponFact, Facts, GateFacts, RowFact } from '../../local/invariants/facts.ts';
import { decidedInsideTheWindow } from '../../local/invariants/invariants-of-records.ts';
import { noUnitIsLost, unitsAddUp } from '../../local/invariants/invariants-of-stock.ts';
import type { InvariantReport } from '../../local/invariants/report.ts';

const ID = 'couponcoupon';
const RAISED_AT = 5_000;
type OpenGate = Extract<GateFacts, { kind: 'open' }>;

/** A coupon of which two of three units are given, with a gate that obeys its third version. */
function facts({
  coupon = {},
  gate = {},
  closed = false,
  soldOutAt,
  acceptedAt = 1_500,
}: {
  coupon?: Partial<CouponFact>;
  gate?: Partial<OpenGate>;
  closed?: boolean;
  soldOutAt?: number;
  acceptedAt?: number;
}): Facts {
  const rows = ['a', 'b'].map((user, i): RowFact => ({
    id: `${ID}_${user.repeat(22)}`,
    couponId: ID,
    userKey: user,
    userId: user,
    sequence: i + 1,
    epoch: 1,
    state: 'issued',
    acceptedAt,
  }));
  const claims = new Set(rows.map(({ id }) => id));
  const open: OpenGate = {
    kind: 'open',
    version: 3,
    isRestricted: false,
    raisedAt: RAISED_AT,
    quantity: 3,
    given: 2,
    claims,
    pending: new Set(),
    ...gate,
  };
  const window = { startsAt: 1_000, endsAt: 9_000 };
  const counted = { id: ID, quantity: 3, issued: 2, perUserLimit: 1, version: 3 };
  return {
    ledger: {
      coupons: [{ ...counted, ...window, ...coupon }],
      rows,
      fences: new Map(),
      quarantine: [],
      redemptions: [],
      granted: [],
      notifications: [],
    },
    log: {
      records: { readable: [], quarantined: [] },
      sentAt: new Map(),
      starts: new Map(),
      ends: new Map(),
      committed: new Map(),
    },
    gates: new Map([[ID, closed ? { kind: 'closed', why: 'missing' } : open]]),
    redeemReplies: [],
    rollbackReplies: [],
    replies:
      soldOutAt === undefined
        ? []
        : [
            {
              couponId: ID,
              userId: 'c',
              status: 409,
              code: 'sold_out',
              sentAt: soldOutAt,
              receivedAt: soldOutAt + 1,
            },
          ],
    readAt: 8_000,
  };
}

const found = ({ checked, violations }: InvariantReport): [number, number] => [
  checked,
  violations.length,
];

describe('of a coupon that was changed', () => {
  it('sold_out binds nobody from before there was more to give, and does afterwards', () => {
    expect(found(noUnitIsLost(facts({ soldOutAt: RAISED_AT - 1 })))).toEqual([0, 0]);
    const lost = noUnitIsLost(facts({ soldOutAt: RAISED_AT + 1 }));
    expect(lost.violations).toEqual([`coupon ${ID} is sold out with 2 of 3 rows`]);
    const sound = facts({
      soldOutAt: RAISED_AT + 1,
      coupon: { quantity: 2 },
      gate: { quantity: 2 },
    });
    expect(found(noUnitIsLost(sound))).toEqual([1, 0]);
  });

  it('nobody knows without a gate since when it gave what, unless it never was changed', () => {
    const late = { soldOutAt: RAISED_AT + 1, closed: true };
    expect(found(noUnitIsLost(facts(late)))).toEqual([0, 0]);
    expect(found(noUnitIsLost(facts({ ...late, coupon: { version: 1 } })))).toEqual([1, 1]);
  });

  it('the gate has to obey the last version, whole', () => {
    expect(found(unitsAddUp(facts({})))).toEqual([1, 0]);
    expect(unitsAddUp(facts({ gate: { version: 2 } })).violations).toEqual([
      `gate ${ID} obeys version 2, its coupon is 3`,
    ]);
    expect(unitsAddUp(facts({ gate: { isRestricted: true } })).violations).toEqual([
      `gate ${ID} is limited by a change that came to nothing`,
    ]);
  });

  it('the last window has to hold all decisions, whatever it was when they were made', () => {
    expect(found(decidedInsideTheWindow(facts({})))).toEqual([2, 0]);
    const moved = facts({ acceptedAt: 6_000, coupon: { endsAt: 6_000 } });
    expect(found(decidedInsideTheWindow(moved))).toEqual([2, 2]);
  });
});
