import { describe, expect, it, test } from '@jest/globals';
import { readCoupon } from '../../cli/api/coupon.ts';
import { readIssuance } from '../../cli/api/issuance.ts';
import { readStats } from '../../cli/api/stats.ts';
import { conditionTexts } from '../../cli/output/conditions.ts';
import { discountText } from '../../cli/output/coupon.ts';
import { textOf } from '../../cli/output/line.ts';
import { issuanceMeaning, unlistedLines, whyNone } from '../../cli/output/issuance.ts';

const NOW = Date.parse('2026-11-27T00:00:00Z');

const issued = {
  id: 'q1w2e3r4t5y6_Zx8K2mQ0r7TnV4bYc1LdPw',
  userId: 'alice',
  acceptedAt: '2026-11-26T23:00:00Z',
  issuedAt: '2026-11-26T23:00:01Z',
  validFrom: '2026-11-26T23:00:00Z',
  validUntil: '2026-12-26T23:00:00Z',
};

describe('what an issuance means', () => {
  test.each<[object, string]>([
    [
      { state: 'accepted', acceptedAt: '2026-11-26T23:59:58Z' },
      'The user has it for sure; it can be used as soon as it is recorded, usually in seconds.',
    ],
    [
      { state: 'accepted' },
      'The user has it for sure, but it has been waiting for 1 h to be recorded: look at the lag (stats).',
    ],
    [{ state: 'issued' }, 'The user has it and can use it until 2026-12-26 23:00:00 UTC.'],
    [
      { state: 'issued', validFrom: '2026-12-01T00:00:00Z' },
      'The user has it; it can be used from 2026-12-01 00:00:00 UTC on.',
    ],
    [
      { state: 'issued', validUntil: '2026-11-27T00:00:00Z' },
      'Never used, and its time was over on 2026-11-27 00:00:00 UTC.',
    ],
    [
      { state: 'held', hold: { orderId: 'order-1', expiresAt: '2026-11-27T00:05:00Z' } },
      'Order order-1 holds it while it is paid; unless that redeems it, it comes free by itself on 2026-11-27 00:05:00 UTC.',
    ],
    [
      { state: 'held' },
      'An order holds it while it is paid; unless that redeems it, it comes free by itself within minutes.',
    ],
    [
      {
        state: 'redeemed',
        redemption: { id: 'r1', orderId: 'order-1', redeemedAt: '2026-11-26T23:30:00Z' },
      },
      'Order order-1 used it on 2026-11-26 23:30:00 UTC. Only a rollback of redemption r1 makes it usable again.',
    ],
    [
      { state: 'redeemed' },
      'An order used it. Only a rollback of that redemption makes it usable again.',
    ],
    [{ state: 'expired' }, 'Never used, and its time was over on 2026-12-26 23:00:00 UTC.'],
    [{ state: 'revoked' }, 'An operator took it back; it can not be used any more.'],
    [{ state: 'new in the API' }, 'Its state is new in the API.'],
    [{}, 'Its state is not known.'],
  ])('%j', (changes, sentence) => {
    expect(issuanceMeaning(readIssuance({ ...issued, ...changes }), NOW)).toBe(sentence);
  });
});

test.each<[object, RegExp]>([
  [
    { state: 'scheduled', issueStartsAt: '2026-12-01T00:00:00Z' },
    /from 2026-12-01 00:00:00 UTC on/,
  ],
  [{ state: 'open', remaining: 5 }, /open with 5 left: the user can still claim one/],
  [{ state: 'open', remaining: 0 }, /sold out/],
  [{ state: 'paused', remaining: 5 }, /paused: nobody can claim one until it is resumed/],
  [{ state: 'closed', remaining: 5 }, /closed: nobody can claim one any more/],
  [{ state: 'ended', remaining: 0 }, /ended and sold out: nobody/],
  [{}, /not known/],
])('why a user has none of a coupon %j', (coupon, sentence) => {
  expect(whyNone(readCoupon(coupon), NOW)).toMatch(sentence);
});

test('what is accepted and not recorded is in no list: that is said', () => {
  const lines = unlistedLines(readStats({ lag: { unrecorded: 2, pending: 1 } }));
  expect(lines.flat().map(textOf).join('')).toContain('Not recorded yet: 3 claims');
  expect(unlistedLines(readStats({ lag: { unrecorded: 0, pending: 0 } }))).toEqual([]);
  expect(unlistedLines(readStats({}))).toEqual([]);
});

describe('a coupon in words', () => {
  it('says what it takes off', () => {
    const text = (discount: object): string => discountText(readCoupon({ discount }));
    expect(text({ type: 'amount', amount: 5000, currency: 'USD' })).toBe('$50.00 off');
    const percent = { type: 'percent', percent: 15, currency: 'KRW' };
    expect(text(percent)).toBe('15 % off');
    expect(text({ ...percent, maxAmount: 10000 })).toBe('15 % off, at most ₩10,000');
    expect(text({})).toBe('–');
  });

  it('says its conditions, also one that this program does not know, and none that asks nothing', () => {
    const conditions = {
      minOrderAmount: 30000,
      products: { include: ['p1', 'p2'], exclude: ['p3'] },
      categories: { include: [], exclude: ['c1'] },
      firstOrderOnly: true,
      weekdays: ['sat', 'sun'],
      hours: { from: '09:00', until: '18:00', timeZone: 'Asia/Seoul' },
      moon: { phase: 'full\u001b' },
    };
    expect(conditionTexts(conditions, 'KRW')).toEqual([
      'orders of at least ₩30,000',
      'products p1, p2; no products p3',
      'no categories c1',
      'first orders',
      'on sat, sun',
      'from 09:00 until 18:00 in Asia/Seoul',
      'moon {"phase":"full\\u001b"}',
    ]);
    const nothing = {
      minOrderAmount: 0,
      firstOrderOnly: false,
      products: { include: [], exclude: [] },
    };
    expect(conditionTexts(nothing, 'KRW')).toEqual([]);
  });
});
