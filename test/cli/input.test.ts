import { describe, expect, it, test } from '@jest/globals';
import { couponBody } from '../../cli/input/coupon-body.ts';
import type { CouponFlags } from '../../cli/input/coupon-fields.ts';
import { parseTime } from '../../cli/input/times.ts';
import { MAX_BODY_BYTES, MAX_USERS, readUserList, splitUsers } from '../../cli/input/user-list.ts';
import { grantBody } from '../../cli/api/grant.ts';

const NOW = Date.parse('2026-11-27T00:00:00Z');
const HOUR = 3_600_000;

describe('a time', () => {
  test.each([
    ['now', NOW],
    ['+90s', NOW + 90_000],
    ['+2h', NOW + 2 * HOUR],
    ['+1d12h', NOW + 36 * HOUR],
    ['+1w', NOW + 168 * HOUR],
    ['2026-11-27T09:00:00+09:00', NOW],
    ['2026-11-27T00:00Z', NOW],
    ['2026-11-27t00:00:00.000z', NOW],
    ['2026-11-27 00:00:00Z', NOW],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('%s is understood', (text, time) => {
    expect(parseTime('--ends', text, { now: NOW })).toBe(time);
  });

  test.each([
    '',
    '2h',
    '-2h',
    '+2',
    '+2 h',
    '+1y',
    'tomorrow',
    '2026-11-27',
    '2026-11-27T09:00:00',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-27T24:30:00Z',
    '+999999999999w',
    '1764201600000',
  ])('"%s" is refused, with an example', (text) => {
    expect(() => parseTime('--ends', text, { now: NOW })).toThrow(
      /--ends is to be now, \+2h, \+1d12h or .* 2026-11-27T00:00:00Z/,
    );
  });

  it('that is a span counts from what it is a span of', () => {
    expect(parseTime('--ends', '+2h', { now: NOW, from: NOW + HOUR })).toBe(NOW + 3 * HOUR);
    expect(parseTime('--ends', 'now', { now: NOW, from: NOW + HOUR })).toBe(NOW);
  });
});

const none = Object.fromEntries(
  'name description quantity per-user starts ends valid-days valid-from valid-until amount percent max-amount currency min-order products not-products categories not-categories weekdays hours time-zone'
    .split(' ')
    .map((name) => [name, undefined]),
) as unknown as CouponFlags;
const flags = (changes: Partial<CouponFlags>): CouponFlags => ({
  ...none,
  'first-order': false,
  'self-redeem': false,
  ...changes,
});
const whole = {
  name: 'Opening day',
  quantity: '1000',
  starts: 'now',
  ends: '+24h',
  'valid-days': '30',
  amount: '5000',
  currency: 'KRW',
};
const body = (changes: Partial<CouponFlags>, template?: unknown): Record<string, unknown> =>
  couponBody(flags(changes), template, NOW);

describe('a coupon on the command line', () => {
  it('becomes the body of its creation, with nothing that was not said', () => {
    expect(body(whole)).toEqual({
      name: 'Opening day',
      quantity: 1000,
      issueStartsAt: '2026-11-27T00:00:00.000Z',
      issueEndsAt: '2026-11-28T00:00:00.000Z',
      validity: { days: 30 },
      discount: { type: 'amount', amount: 5000, currency: 'KRW' },
    });
  });

  it('says everything that a coupon can say', () => {
    const { 'valid-days': _, amount: __, ...rest } = whole;
    const everything = {
      ...rest,
      description: 'more',
      starts: '+1h',
      'per-user': '3',
      'valid-until': '+30d',
      percent: '15',
      'max-amount': '10000',
      'min-order': '30000',
      products: 'p1, p2',
      'not-products': 'p3',
      categories: 'c1',
      'first-order': true,
      weekdays: 'sat,sun',
      hours: '09:00-18:00',
      'time-zone': 'Asia/Seoul',
    };
    expect(body(everything)).toEqual({
      name: 'Opening day',
      description: 'more',
      quantity: 1000,
      perUserLimit: 3,
      issueStartsAt: '2026-11-27T01:00:00.000Z',
      issueEndsAt: '2026-11-28T01:00:00.000Z',
      validity: { from: '2026-11-27T01:00:00.000Z', until: '2026-12-27T01:00:00.000Z' },
      discount: { type: 'percent', percent: 15, maxAmount: 10000, currency: 'KRW' },
      conditions: {
        minOrderAmount: 30000,
        products: { include: ['p1', 'p2'], exclude: ['p3'] },
        categories: { include: ['c1'], exclude: [] },
        firstOrderOnly: true,
        weekdays: ['sat', 'sun'],
        hours: { from: '09:00', until: '18:00', timeZone: 'Asia/Seoul' },
      },
    });
    expect(body({ ...whole, 'self-redeem': true })).toMatchObject({ selfRedeem: true });
  });

  it('goes over a file, condition by condition, and leaves out what is not the operator’s', () => {
    const file = {
      id: 'q1w2e3r4t5y6',
      state: 'ended',
      issued: 3,
      remaining: 2,
      createdAt: 'then',
      serverTime: 'then',
      name: 'Before',
      quantity: 5,
      issueStartsAt: '2026-01-01T00:00:00Z',
      conditions: { minOrderAmount: 1, weekdays: ['sat'] },
      tpyo: 'is for the API to refuse',
    };
    expect(body({ ends: '+1h', 'min-order': '2' }, file)).toEqual({
      name: 'Before',
      quantity: 5,
      issueStartsAt: '2026-01-01T00:00:00Z',
      issueEndsAt: '2026-01-01T01:00:00.000Z',
      conditions: { minOrderAmount: 2, weekdays: ['sat'] },
      tpyo: 'is for the API to refuse',
    });
  });

  test.each<[string, Partial<CouponFlags>, RegExp]>([
    ['nothing', {}, /missing: --name, --quantity, --starts, --ends, --valid-days or/],
    ['a quantity that is none', { ...whole, quantity: '5,000' }, /--quantity .* not "5,000"/],
    ['no units', { ...whole, quantity: '0' }, /--quantity .* at least 1/],
    ['a huge number', { ...whole, amount: '9'.repeat(30) }, /--amount/],
    ['an end before the start', { ...whole, ends: '2026-11-26T00:00:00Z' }, /not after --starts/],
    ['two discounts', { ...whole, percent: '5' }, /exclude each other/],
    ['two validities', { ...whole, 'valid-until': '+3d' }, /--valid-days goes without/],
    ['half a validity', { ...whole, 'valid-days': undefined, 'valid-from': 'now' }, /missing/],
    ['101 %', { ...whole, amount: undefined, percent: '101' }, /1 to 100/],
    ['a limit on no percentage', { ...whole, 'max-amount': '5' }, /goes with --percent/],
    ['hours without a zone', { ...whole, hours: '09:00-18:00' }, /--time-zone/],
    ['hours that are none', { ...whole, hours: '9-18', 'time-zone': 'UTC' }, /--hours/],
  ])('is refused: %s', (_, changes, message) => {
    expect(() => body(changes)).toThrow(message);
  });

  test.each([[[]], ['text'], [null], [5]])('is refused: a file with %j', (template) => {
    expect(() => body({}, template)).toThrow(/one JSON object/);
  });
});

describe('a list of users', () => {
  it('names each once, without comments, blanks and marks of other systems', () => {
    expect(readUserList('# VIPs\r\nalice\r\n\r\n  bob \n#carol\rdave\nalice\nb#b\n')).toEqual({
      users: ['alice', 'bob', 'dave', 'b#b'],
      repeated: 1,
    });
    expect(readUserList('\n# nobody\n')).toEqual({ users: [], repeated: 0 });
  });

  it('is refused with the line that is no user', () => {
    expect(() => readUserList(`a\n${'x'.repeat(256)}\n`)).toThrow(/^line 2 is no user id/);
    expect(() => readUserList('a\nb\0c')).toThrow(/^line 2/);
    expect(readUserList('x'.repeat(255)).users).toHaveLength(1);
  });

  const bodyOf = (part: readonly string[]): string => JSON.stringify(grantBody(part));

  it('is split into as few parts as fit, in its order, and nobody is left out', () => {
    const users = Array.from({ length: 25_000 }, (_, i) => `user-${i}`);
    const parts = splitUsers(users, bodyOf);
    expect(parts.map((part) => part.length)).toEqual([MAX_USERS, MAX_USERS, 5_000]);
    expect(parts.flat()).toEqual(users);
    expect(splitUsers([], bodyOf)).toEqual([]);
  });

  it('is split by the bytes that are sent, also where a letter is three or an escape', () => {
    for (const letter of ['a', '쿠', '"', '\u0001', '👍']) {
      const users = Array.from({ length: 9_000 }, (_, i) => `${letter.repeat(60)}${i}`);
      const parts = splitUsers(users, bodyOf);
      expect(parts.flat()).toEqual(users);
      const sizes = parts.map((part) => Buffer.byteLength(bodyOf(part)));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BODY_BYTES);
      // As few as can be: no part takes the first user of the next one as well.
      for (const [i, part] of parts.slice(0, -1).entries()) {
        const more = bodyOf([...part, parts[i + 1]?.[0] ?? '']);
        expect(Buffer.byteLength(more) + 1).toBeGreaterThan(MAX_BODY_BYTES);
      }
    }
  });

  it('fills a part to the last byte', () => {
    const maxBytes = Buffer.byteLength(bodyOf(['aa', 'bb'])) + 1;
    expect(splitUsers(['aa', 'bb', 'cc'], bodyOf, { maxBytes })).toEqual([['aa', 'bb'], ['cc']]);
    expect(splitUsers(['aa', 'bb', 'cc'], bodyOf, { maxBytes: maxBytes - 1 })).toHaveLength(3);
  });
});
