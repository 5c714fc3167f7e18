import { describe, expect, it } from '@jest/globals';
import { couponDefinition } from '../../lambdas/api/coupon.ts';
import { timeZone } from '../../lambdas/api/time-zone.ts';
import { wallClock } from '../../lambdas/domain/wall-clock.ts';
import { couponBody } from '../support/coupons.ts';

const found = (changes: Readonly<Record<string, unknown>>): string[] => {
  const issues = couponDefinition.safeParse(couponBody(changes)).error?.issues ?? [];
  return issues.map(({ path }) => path.join('/'));
};

const HOURS = { from: '22:00', until: '04:00', timeZone: 'Asia/Seoul' };

describe('the conditions of a coupon', () => {
  it.each<[string, object]>([
    ['none at all', {}],
    ['a time zone for its weekdays', { weekdays: ['sat'], timeZone: 'Asia/Seoul' }],
    ['a time zone and nothing to use it for', { timeZone: 'UTC' }],
    ['hours over midnight on a weekday', { weekdays: ['fri'], hours: HOURS }],
    ['hours from midnight until midnight', { hours: { ...HOURS, from: '00:00', until: '00:00' } }],
    ['an include without an exclude', { products: { include: ['tea'] } }],
    ['an include and an exclude of the same', { products: { include: ['a'], exclude: ['a'] } }],
    ['the same weekday twice', { weekdays: ['sat', 'sat'] }],
    ['the new name of a zone', { timeZone: 'Asia/Kolkata' }],
    ['the old name of a zone', { timeZone: 'Asia/Calcutta' }],
  ])('may be %s', (_, conditions) => {
    expect(found({ conditions })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['two time zones', { hours: HOURS, timeZone: 'UTC' }, 'timeZone'],
    ['the same time zone twice', { hours: HOURS, timeZone: 'Asia/Seoul' }, 'timeZone'],
    ['a zone of nowhere', { timeZone: 'Moon/Crater' }, 'timeZone'],
    ['a zone in small letters', { timeZone: 'asia/seoul' }, 'timeZone'],
    ['an offset for a zone', { timeZone: '+09:00' }, 'timeZone'],
    ['an abbreviation for a zone', { timeZone: 'EST' }, 'timeZone'],
    ['an empty zone', { timeZone: '' }, 'timeZone'],
    ['hours without a zone', { hours: { from: '09:00', until: '18:00' } }, 'hours/timeZone'],
    ['hours until 24:00', { hours: { ...HOURS, until: '24:00' } }, 'hours/until'],
    ['hours from 9:00', { hours: { ...HOURS, from: '9:00' } }, 'hours/from'],
    ['hours with seconds', { hours: { ...HOURS, from: '09:00:00' } }, 'hours/from'],
    ['no weekday', { weekdays: [] }, 'weekdays'],
    ['a negative minimum', { minOrderAmount: -1 }, 'minOrderAmount'],
    ['1,001 products', { products: { include: Array(1_001).fill('a') } }, 'products/include'],
  ])('may not be %s', (_, conditions, field) => {
    expect(found({ conditions })).toEqual([`conditions/${field}`]);
  });

  it('let a shopper redeem alone only where nothing is asked of the order', () => {
    expect(found({ selfRedeem: true, conditions: { timeZone: 'Asia/Seoul' } })).toEqual([]);
    expect(found({ selfRedeem: true, conditions: { minOrderAmount: 0 } })).toEqual([]);
    expect(found({ selfRedeem: true, conditions: { minOrderAmount: 1 } })).toEqual(['selfRedeem']);
    expect(found({ selfRedeem: true, conditions: { hours: HOURS } })).toEqual(['selfRedeem']);
  });
});

it('every time zone that is taken has a clock', () => {
  expect(timeZone.options.length).toBeGreaterThan(400);
  for (const zone of timeZone.options) expect(() => wallClock(0, zone)).not.toThrow();
});

it('a time that leaves the four digits of its year by its offset is refused', () => {
  expect(found({ issueEndsAt: '9999-12-31T23:59:59Z' })).toEqual([]);
  expect(found({ issueEndsAt: '9999-12-31T23:59:59-00:01' })).toEqual(['issueEndsAt']);
  expect(found({ issueStartsAt: '0000-01-01T00:00:00+00:01' })).toEqual(['issueStartsAt']);
});

it('a name is measured in characters', () => {
  expect(found({ name: '🎟'.repeat(200) })).toEqual([]);
  expect(found({ name: '🎟'.repeat(201) })).toEqual(['name']);
});
