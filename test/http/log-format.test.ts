import { describe, expect, it } from '@jest/globals';
import { allowed, MAX_VALUES } from '../../lambdas/config/log-format.ts';

const ISSUANCE = `couponcoupon_${'A'.repeat(22)}`;
const REQUEST = '1-6b032c9a-9784039597f0000000000005';

describe('of the fields of a line', () => {
  it('those of the list are kept as they are', () => {
    const fields = {
      requestId: REQUEST,
      couponId: 'couponcoupon',
      issuanceId: ISSUANCE,
      status: 202,
      gateMs: 1.5,
      at: ['at handler (file:///var/task/index.mjs:1:2)'],
      from: [{ topic: 'coupon-issuances', partition: 0, offset: '17' }],
      claims: [{ issuanceId: ISSUANCE, requestId: REQUEST }, { issuanceId: ISSUANCE }],
    };
    expect(allowed(fields)).toEqual(fields);
  });

  it('others are left out, and counted', () => {
    const fields = { userId: 'anna', token: 'eyJ.eyJ.x', constructor: 'x', status: 401 };
    expect(allowed(fields)).toEqual({ status: 401, leftOut: 3 });
  });

  it.each([
    ['an id of a coupon that is none', { couponId: 'anna@example.com' }],
    ['a number that is a text', { status: 'anna' }],
    ['a text that is an object', { reason: { user: 'anna' } }],
    ['a text that is too long for a sentence', { reason: 'x'.repeat(301) }],
    ['a text of several lines', { reason: 'a\nb' }],
    ['a route that is a path', { route: '/v1/users/anna' }],
    ['a list that is none', { claims: 'anna' }],
  ])('%s is left out', (_, fields) => {
    expect(allowed(fields)).toEqual({ leftOut: 1 });
  });

  it('of a list only what looks as it should is kept, and no more than a line can hold', () => {
    const claim = { issuanceId: ISSUANCE, userId: 'anna' };
    const { claims } = allowed({ claims: Array.from({ length: 1_000 }, () => claim) });
    expect(claims).toEqual(Array.from({ length: MAX_VALUES }, () => ({ issuanceId: ISSUANCE })));
    expect(allowed({ waiting: ['anna@example.com', 'grant'] })).toEqual({ waiting: ['grant'] });
    const place = { topic: 'claims', partition: 1, offset: 'anna' };
    expect(allowed({ from: [place] })).toEqual({ from: [] });
  });
});
