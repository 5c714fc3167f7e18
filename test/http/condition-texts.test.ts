import { describe, expect, it } from '@jest/globals';
import type { UnmetCondition } from '../../lambdas/domain/quote.ts';
import { failedCondition } from '../../lambdas/http/condition-texts.ts';
import { koreanMoneyText, moneyText } from '../../lambdas/http/money-text.ts';

const texts: readonly [UnmetCondition, string, string][] = [
  [
    { code: 'currency', currency: 'KRW' },
    'The coupon is for orders in KRW only.',
    '결제 통화가 KRW인 주문에만 사용할 수 있습니다.',
  ],
  [
    { code: 'min_order_amount', minOrderAmount: 30_000, currency: 'KRW' },
    'The order must amount to at least 30,000 KRW.',
    '30,000원 이상 주문해야 사용할 수 있습니다.',
  ],
  [
    { code: 'min_order_amount', minOrderAmount: 123_450, currency: 'USD' },
    'The order must amount to at least 1,234.50 USD.',
    '1,234.50 USD 이상 주문해야 사용할 수 있습니다.',
  ],
  [
    { code: 'products' },
    'The order has none of the products that the coupon is for.',
    '주문에 쿠폰을 적용할 수 있는 상품이 없습니다.',
  ],
  [
    { code: 'categories' },
    'The order has nothing from the categories that the coupon is for.',
    '주문에 쿠폰을 적용할 수 있는 카테고리의 상품이 없습니다.',
  ],
  [
    { code: 'first_order_only' },
    'The coupon is for a first order only.',
    '첫 주문에만 사용할 수 있습니다.',
  ],
  [
    { code: 'weekdays', weekdays: ['sun'], timeZone: 'UTC' },
    'The coupon can be used on Sunday only (UTC time).',
    '일요일에만 사용할 수 있습니다(UTC 시간 기준).',
  ],
  [
    { code: 'weekdays', weekdays: ['sun', 'wed', 'sat', 'sat'], timeZone: 'Asia/Seoul' },
    'The coupon can be used on Wednesday, Saturday, and Sunday only (Asia/Seoul time).',
    '수요일, 토요일, 일요일에만 사용할 수 있습니다(Asia/Seoul 시간 기준).',
  ],
  [
    { code: 'hours', from: '22:00', until: '04:00', timeZone: 'Asia/Seoul' },
    'The coupon can be used from 22:00 until 04:00 only (Asia/Seoul time).',
    '22:00부터 04:00 전까지만 사용할 수 있습니다(Asia/Seoul 시간 기준).',
  ],
];

describe('a condition that does not hold', () => {
  it.each(texts)('%j is explained in both languages', (unmet, en, ko) => {
    expect(failedCondition(unmet)).toEqual({ code: unmet.code, detail: { en, ko } });
  });

  it('has a text for each code', () => {
    const all: Record<UnmetCondition['code'], true> = {
      currency: true,
      min_order_amount: true,
      products: true,
      categories: true,
      first_order_only: true,
      weekdays: true,
      hours: true,
    };
    expect(new Set(texts.map(([{ code }]) => code))).toEqual(new Set(Object.keys(all)));
  });
});

describe('money in a text', () => {
  it.each([
    [0, 'KRW', '0 KRW'],
    [999, 'JPY', '999 JPY'],
    [1_000, 'JPY', '1,000 JPY'],
    [0, 'USD', '0.00 USD'],
    [5, 'USD', '0.05 USD'],
    [99_999, 'USD', '999.99 USD'],
    [1_005, 'KWD', '1.005 KWD'],
    [12_345_678, 'CLF', '1,234.5678 CLF'],
    // CLDR would leave the hundredths out.
    [150, 'IDR', '1.50 IDR'],
    [1_000_000_000_000, 'KRW', '1,000,000,000,000 KRW'],
    [1_000_000_000_000, 'USD', '10,000,000,000.00 USD'],
  ])('%d in %s is %s', (amount, currency, expected) => {
    expect(moneyText(amount, currency)).toBe(expected);
  });

  it('is won to Korean readers', () => {
    expect(koreanMoneyText(5_000, 'KRW')).toBe('5,000원');
    expect(koreanMoneyText(5_000, 'USD')).toBe('50.00 USD');
  });
});
