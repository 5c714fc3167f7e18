import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Conditions } from '../../lambdas/domain/conditions.ts';
import { WEEKDAYS, hasConditions } from '../../lambdas/domain/conditions.ts';
import { quoteOrder } from '../../lambdas/domain/quote.ts';
import { timesOfUse } from '../../lambdas/domain/times-of-use.ts';
import { dayBefore, wallClock } from '../../lambdas/domain/wall-clock.ts';
import { SEED } from '../support/order-arbitraries.ts';

const HOUR_MS = 60 * 60 * 1000;

/** The years in which coupons may live. */
const instant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) });

/** What `Date` says, in zones that are never changed. */
function expected(at: number, hoursAhead: number): { weekday: string; time: string } {
  const shifted = new Date(at + hoursAhead * HOUR_MS);
  const weekday = WEEKDAYS[(shifted.getUTCDay() + 6) % 7] ?? '';
  return { weekday, time: shifted.toISOString().slice(11, 16) };
}

describe('the clock on the wall', () => {
  it.each([
    ['UTC', 0],
    ['Asia/Seoul', 9],
    ['Asia/Kolkata', 5.5],
    ['Pacific/Kiritimati', 14],
    ['Pacific/Pago_Pago', -11],
  ])('of %s is %d hours ahead of UTC', (timeZone, hoursAhead) => {
    fc.assert(
      fc.property(instant, (at) => {
        expect(wallClock(at, timeZone)).toEqual(expected(at, hoursAhead));
      }),
      { ...SEED, numRuns: 300 },
    );
  });

  it('shows 00, not 24, at midnight', () => {
    expect(wallClock(Date.UTC(2026, 10, 27), 'UTC')).toEqual({ weekday: 'fri', time: '00:00' });
  });

  it('has a day before each day', () => {
    expect(WEEKDAYS.map(dayBefore)).toEqual(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']);
  });
});

describe('hours', () => {
  const time = fc
    .integer({ min: 0, max: 24 * 60 - 1 })
    .map((minute) => new Date(minute * 60_000).toISOString().slice(11, 16));

  it('hold either from one time until the other, or from the other until the one', () => {
    fc.assert(
      fc.property(time, time, instant, (from, until, at) => {
        fc.pre(from !== until);
        const holds = (hours: { from: string; until: string }): boolean =>
          timesOfUse({ hours: { ...hours, timeZone: 'Asia/Seoul' } }, at).hours;
        expect(holds({ from, until })).toBe(!holds({ from: until, until: from }));
      }),
      { ...SEED, numRuns: 500 },
    );
  });

  it('belong to exactly one weekday at a time', () => {
    fc.assert(
      fc.property(time, time, instant, (from, until, at) => {
        const hours = { from, until, timeZone: 'Asia/Seoul' };
        const days = WEEKDAYS.filter((day) => timesOfUse({ weekdays: [day], hours }, at).weekdays);
        expect(days).toHaveLength(1);
      }),
      { ...SEED, numRuns: 200 },
    );
  });
});

it('a condition that fails says what it asks for, in the time zone in which it was judged', () => {
  const order = { id: 'order-1', amount: 10, currency: 'USD' };
  const fails = (conditions: Conditions): unknown =>
    quoteOrder(
      { discount: { type: 'amount', amount: 1, currency: 'KRW' }, conditions },
      order,
      Date.UTC(2026, 10, 27),
    ).unmet;
  const currency = { code: 'currency', currency: 'KRW' };
  const weekdays = ['sat'] as const;
  const hours = { from: '22:00', until: '23:00', timeZone: 'Asia/Seoul' };
  expect(fails({ minOrderAmount: 5, weekdays })).toEqual([
    currency,
    { code: 'min_order_amount', minOrderAmount: 5, currency: 'KRW' },
    { code: 'weekdays', weekdays: ['sat'], timeZone: 'UTC' },
  ]);
  expect(fails({ weekdays, timeZone: 'Europe/Berlin' })).toEqual([
    currency,
    { code: 'weekdays', weekdays: ['sat'], timeZone: 'Europe/Berlin' },
  ]);
  expect(fails({ weekdays, hours })).toEqual([
    currency,
    { code: 'weekdays', weekdays: ['sat'], timeZone: 'Asia/Seoul' },
    { code: 'hours', ...hours },
  ]);
});

it("hours bring their weekdays' time zone", () => {
  const hours = { from: '00:00', until: '00:00', timeZone: 'Asia/Seoul' };
  const conditions = { weekdays: ['sat'], hours, timeZone: 'UTC' } as const;
  const fridayEvening = Date.UTC(2026, 10, 27, 15);
  expect(timesOfUse(conditions, fridayEvening)).toEqual({
    weekdays: true,
    hours: true,
    timeZone: 'Asia/Seoul',
  });
});

const nothingAsked: readonly [string, Conditions][] = [
  ['nothing', {}],
  ['a time zone alone', { timeZone: 'Asia/Seoul' }],
  ['a minimum of nothing', { minOrderAmount: 0 }],
  ['empty lists', { products: { include: [], exclude: [] } }],
  ['not only the first order', { firstOrderOnly: false }],
];

const somethingAsked: readonly [string, Conditions][] = [
  ['a minimum', { minOrderAmount: 1 }],
  ['a product', { products: { include: ['a'], exclude: [] } }],
  ['a category excluded', { categories: { include: [], exclude: ['a'] } }],
  ['the first order', { firstOrderOnly: true }],
  ['a weekday', { weekdays: ['mon'], timeZone: 'UTC' }],
  ['hours', { hours: { from: '09:00', until: '10:00', timeZone: 'UTC' } }],
];

it.each(nothingAsked)('%s is no condition: every order meets it', (_, conditions) => {
  expect(hasConditions(conditions)).toBe(false);
  const order = { id: 'order-1', amount: 0, currency: 'KRW' };
  const discount = { type: 'amount', amount: 1, currency: 'KRW' } as const;
  expect(quoteOrder({ discount, conditions }, order, 0).unmet).toEqual([]);
});

it.each(somethingAsked)('%s is a condition: not every order meets it', (_, conditions) => {
  expect(hasConditions(conditions)).toBe(true);
  const order = { id: 'order-1', amount: 0, currency: 'KRW' };
  const discount = { type: 'amount', amount: 1, currency: 'KRW' } as const;
  // 1970 began with a Thursday, at midnight.
  expect(quoteOrder({ discount, conditions }, order, 0).unmet).toHaveLength(1);
});
