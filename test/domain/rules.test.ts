import { describe, expect, it } from '@jest/globals';
import { identifiers, newCode, newCouponId } from '../../lambdas/adapters/crypto/identifiers.ts';
import { claimRecordPrefix, decodeClaimRecord } from '../../lambdas/domain/claim-record.ts';
import { couponState, isCouponId, validPeriod } from '../../lambdas/domain/coupon.ts';
import { deadlineAfter, isPast, remainingMs } from '../../lambdas/domain/deadline.ts';
import { isLate, undrained } from '../../lambdas/domain/fences.ts';
import { couponIdOf, digestOf, isIssuanceId, issuanceId } from '../../lambdas/domain/issuance.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { recordOf } from '../support/log-entries.ts';
import { ids } from '../support/samples.ts';

describe('an issuance id', () => {
  const couponId = newCouponId();

  it('is the same for every retry, and another for any other part', () => {
    const id = (coupon: string, user: string, key: string): string =>
      issuanceId(coupon, ids.issuanceDigest(coupon, user, key));
    expect(id(couponId, 'anna', '')).toBe(id(couponId, 'anna', ''));
    const all = [
      id(couponId, 'anna', ''),
      id(couponId, 'anna', 'k'),
      id(couponId, 'annak', ''),
      id(newCouponId(), 'anna', ''),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all.every(isIssuanceId)).toBe(true);
  });

  it('names its coupon, and depends on the secret', () => {
    const digest = ids.issuanceDigest(couponId, 'anna', '');
    const id = issuanceId(couponId, digest);
    expect([couponIdOf(id), digestOf(id)]).toEqual([couponId, digest]);
    const other = identifiers('another secret, which is long enough too');
    expect(other.issuanceDigest(couponId, 'anna', '')).not.toBe(digest);
    expect(() => identifiers('short')).toThrow('32 characters');
  });

  it.each(['', couponId, `${couponId}_`, `${couponId}_${'a'.repeat(23)}`, `A${'a'.repeat(34)}`])(
    'is not %j',
    (text) => {
      expect(isIssuanceId(text)).toBe(false);
    },
  );
});

it('coupon ids and codes have their shape and do not repeat', () => {
  const couponIds = Array.from({ length: 1_000 }, newCouponId);
  const codes = Array.from({ length: 1_000 }, newCode);
  expect(couponIds.every(isCouponId)).toBe(true);
  expect(codes.every((code) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(code))).toBe(true);
  expect(new Set([...couponIds, ...codes]).size).toBe(2_000);
});

it('a code has 128 random bits: 3 in its first character, 5 in each other', () => {
  const codes = Array.from({ length: 2_000 }, newCode);
  const symbols = Array.from({ length: 26 }, (_, i) => new Set(codes.map((code) => code[i])).size);
  expect(symbols).toEqual([8, ...Array.from({ length: 25 }, () => 32)]);
});

describe('the state of a coupon', () => {
  const window = { issueStartsAt: 1_000, issueEndsAt: 2_000 };
  it.each([
    ['active', 999, 'scheduled'],
    ['active', 1_000, 'open'],
    ['active', 1_999, 'open'],
    ['active', 2_000, 'ended'],
    ['paused', 500, 'paused'],
    ['paused', 1_500, 'paused'],
    ['paused', 2_000, 'ended'],
    ['closed', 500, 'closed'],
    ['closed', 2_500, 'closed'],
  ] as const)('%s at %d is %s', (control, now, state) => {
    expect(couponState({ ...window, control }, now)).toBe(state);
  });

  it('leaves an issuance valid for days from its acceptance, or for a period', () => {
    expect(validPeriod({ days: 2 }, 1_000)).toEqual({ from: 1_000, until: 172_801_000 });
    expect(validPeriod({ from: 5, until: 9 }, 1_000)).toEqual({ from: 5, until: 9 });
  });
});

describe('a deadline', () => {
  it('is past when either clock says so', () => {
    const clock = new ManualClock();
    const deadline = deadlineAfter(clock, 3_000);
    clock.advance(2_999);
    expect(isPast(clock, deadline)).toBe(false);
    expect(remainingMs(clock, deadline)).toBe(1);
    clock.setWall(clock.now() - 60_000);
    clock.advance(1);
    expect(isPast(clock, deadline)).toBe(true);

    const frozen = new ManualClock();
    const other = deadlineAfter(frozen, 3_000);
    frozen.setWall(frozen.now() + 3_000);
    expect(isPast(frozen, other)).toBe(true);
  });
});

describe('a fence', () => {
  const fence = (epoch: number, end: string): Parameters<typeof isLate>[2][number] => ({
    epoch,
    topic: 'claims',
    endOffsets: { '0': end },
  });
  const at = (offset: string, partition = 0): Parameters<typeof isLate>[0] => ({
    topic: 'claims',
    partition,
    offset,
  });

  it('makes records of earlier epochs late, at and past its offset', () => {
    expect(isLate(at('9'), 1, [fence(2, '10')])).toBe(false);
    expect(isLate(at('10'), 1, [fence(2, '10')])).toBe(true);
    expect(isLate(at('10'), 2, [fence(2, '10')])).toBe(false);
    expect(isLate(at('10'), 1, [fence(3, '20'), fence(2, '10')])).toBe(true);
    expect(isLate(at('10'), 2, [fence(3, '20'), fence(2, '10')])).toBe(false);
  });

  it('counts in numbers, not in letters', () => {
    expect(isLate(at('9'), 1, [fence(2, '10')])).toBe(false);
    expect(undrained(fence(2, '10'), { '0': '9' })).toEqual(['0']);
    expect(undrained(fence(2, '10'), { '0': '10' })).toEqual([]);
    expect(undrained(fence(2, '9007199254740993'), { '0': '9007199254740992' })).toEqual(['0']);
  });

  it('holds for partitions that came later, and not for another topic', () => {
    expect(isLate(at('0', 7), 1, [fence(2, '10')])).toBe(true);
    expect(isLate({ ...at('10'), topic: 'other' }, 1, [fence(2, '10')])).toBe(false);
  });

  it('is drained where nothing ever was', () => {
    expect(undrained(fence(2, '0'), { '0': '-1' })).toEqual([]);
    expect(undrained(fence(2, '1'), { '0': '-1' })).toEqual(['0']);
    expect(undrained(fence(2, '1'), {})).toEqual(['0']);
  });
});

describe('a claim record', () => {
  const record = recordOf(newCouponId(), 'anna');
  const text = (changes: object): string => JSON.stringify({ v: 1, ...record, ...changes });

  it('is read as the gate composed it', () => {
    const { id, ordinal, sequence, acceptedAt, epoch, couponId, userId, userKey } = record;
    const rest = JSON.stringify({ id, ordinal, sequence, acceptedAt, epoch }).slice(1);
    const composed = claimRecordPrefix(couponId, userId, userKey) + rest;
    expect(decodeClaimRecord(composed)).toEqual({ ok: true, record });
  });

  it.each([
    ['not JSON', '{'],
    ['null', 'null'],
    ['an array', '[]'],
    ['another version', text({ v: 2 })],
    ['a wrong id', text({ id: 'x' })],
    ['an id of another coupon', text({ couponId: newCouponId() })],
    ['no user', text({ userId: undefined })],
    ['an empty user', text({ userId: '' })],
    ['a user of 256 characters', text({ userId: 'x'.repeat(256) })],
    ['a user with a NUL', text({ userId: 'a\u0000' })],
    ['a user with half a surrogate pair', text({}).replace('"anna"', '"\\ud800"')],
    ['a wrong user key', text({ userKey: 'short' })],
    ['ordinal 0', text({ ordinal: 0 })],
    ['a sequence beyond int4', text({ sequence: 2_147_483_648 })],
    ['a fraction', text({ sequence: 1.5 })],
    ['a time beyond the year 9999', text({ acceptedAt: 253_402_300_800_000 })],
    ['epoch as text', text({ epoch: '1' })],
  ])('is refused with %s', (_, value) => {
    expect(decodeClaimRecord(value)).toMatchObject({ ok: false });
  });
});
