import type { Weekday } from '../domain/conditions.ts';
import { WEEKDAYS } from '../domain/conditions.ts';
import type { UnmetCondition } from '../domain/quote.ts';
import { koreanMoneyText, moneyText } from './money-text.ts';
import type { FailedCondition } from './problems.ts';
import type { Text } from './text.ts';

/** What a condition that does not hold says to people. */
export function failedCondition(unmet: UnmetCondition): FailedCondition {
  return { code: unmet.code, detail: textOf(unmet) };
}

function textOf(unmet: UnmetCondition): Text {
  switch (unmet.code) {
    case 'currency':
      return {
        en: `The coupon is for orders in ${unmet.currency} only.`,
        ko: `결제 통화가 ${unmet.currency}인 주문에만 사용할 수 있습니다.`,
      };
    case 'min_order_amount':
      return {
        en: `The order must amount to at least ${moneyText(unmet.minOrderAmount, unmet.currency)}.`,
        ko: `${koreanMoneyText(unmet.minOrderAmount, unmet.currency)} 이상 주문해야 사용할 수 있습니다.`,
      };
    case 'products':
      return {
        en: 'The order has none of the products that the coupon is for.',
        ko: '주문에 쿠폰을 적용할 수 있는 상품이 없습니다.',
      };
    case 'categories':
      return {
        en: 'The order has nothing from the categories that the coupon is for.',
        ko: '주문에 쿠폰을 적용할 수 있는 카테고리의 상품이 없습니다.',
      };
    case 'first_order_only':
      return {
        en: 'The coupon is for a first order only.',
        ko: '첫 주문에만 사용할 수 있습니다.',
      };
    case 'weekdays': {
      const days = WEEKDAYS.filter((day) => unmet.weekdays.includes(day));
      const english = new Intl.ListFormat('en').format(days.map((day) => DAYS[day].en));
      const korean = days.map((day) => DAYS[day].ko).join(', ');
      return {
        en: `The coupon can be used on ${english} only (${unmet.timeZone} time).`,
        ko: `${korean}에만 사용할 수 있습니다(${unmet.timeZone} 시간 기준).`,
      };
    }
    case 'hours': {
      const { from, until, timeZone } = unmet;
      return {
        en: `The coupon can be used from ${from} until ${until} only (${timeZone} time).`,
        ko: `${from}부터 ${until} 전까지만 사용할 수 있습니다(${timeZone} 시간 기준).`,
      };
    }
  }
}

const DAYS: Readonly<Record<Weekday, Text>> = {
  mon: { en: 'Monday', ko: '월요일' },
  tue: { en: 'Tuesday', ko: '화요일' },
  wed: { en: 'Wednesday', ko: '수요일' },
  thu: { en: 'Thursday', ko: '목요일' },
  fri: { en: 'Friday', ko: '금요일' },
  sat: { en: 'Saturday', ko: '토요일' },
  sun: { en: 'Sunday', ko: '일요일' },
};
