import type { Coupon } from './coupon.ts';
import { allocate } from './allocation.ts';
import { discountOn } from './discount.ts';
import { failedSelections, isEligible } from './eligible-items.ts';
import type { Order } from './order.ts';
import { timesOfUse } from './times-of-use.ts';

/** A condition of use that does not hold of an order. */
export type UnmetCondition =
  | { readonly code: 'currency'; readonly currency: string }
  | {
      readonly code: 'min_order_amount';
      readonly minOrderAmount: number;
      readonly currency: string;
    }
  | { readonly code: 'products' }
  | { readonly code: 'categories' }
  | { readonly code: 'first_order_only' }
  | { readonly code: 'weekdays'; readonly weekdays: readonly string[]; readonly timeZone: string }
  | {
      readonly code: 'hours';
      readonly from: string;
      readonly until: string;
      readonly timeZone: string;
    };

export interface Quote {
  /** Zero where a condition does not hold. Integer in the currency's minor unit, as all here. */
  readonly discount: number;
  readonly payable: number;
  /** What each of the order's items bears of the discount, in their order; they add up to it. */
  readonly allocations: readonly number[];
  /** All that do not hold, in the order of the fields of a coupon's conditions. */
  readonly unmet: readonly UnmetCondition[];
}

/** The part of a coupon that decides what an order gets. */
type Terms = Pick<Coupon, 'conditions' | 'discount'>;

/**
 * What the coupon would take off this order at `at` (milliseconds since 1970, UTC). What the order
 * does not show does not hold; examples are in `docs/conditions.md`.
 */
export function quoteOrder(coupon: Terms, order: Order, at: number): Quote {
  const items = order.items ?? [];
  const unmet = unmetConditions(coupon, order, at);
  if (unmet.length > 0) {
    return { discount: 0, payable: order.amount, allocations: items.map(() => 0), unmet };
  }
  const eligible = isEligible(coupon.conditions);
  const amounts = items.map((item) => (eligible(item) ? item.amount : 0));
  const ofItems = amounts.reduce((one, other) => one + other, 0);
  const base = items.length === 0 ? order.amount : Math.min(ofItems, order.amount);
  const discount = discountOn(base, coupon.discount);
  return {
    discount,
    payable: order.amount - discount,
    allocations: allocate(discount, amounts),
    unmet,
  };
}

function unmetConditions(coupon: Terms, order: Order, at: number): UnmetCondition[] {
  return [
    ...unmetAmounts(coupon, order),
    ...failedSelections(coupon.conditions, order.items ?? []).map((code) => ({ code })),
    ...(coupon.conditions.firstOrderOnly === true && order.firstOrder !== true
      ? [{ code: 'first_order_only' } as const]
      : []),
    ...unmetTimes(coupon, at),
  ];
}

/** Amounts in two currencies can't be compared: in another than the coupon's, no minimum is met. */
function unmetAmounts({ conditions, discount }: Terms, order: Order): UnmetCondition[] {
  const { currency } = discount;
  const { minOrderAmount = 0 } = conditions;
  const foreign = order.currency !== currency;
  const tooLittle = minOrderAmount > 0 && (foreign || order.amount < minOrderAmount);
  return [
    ...(foreign ? [{ code: 'currency', currency } as const] : []),
    ...(tooLittle ? [{ code: 'min_order_amount', minOrderAmount, currency } as const] : []),
  ];
}

function unmetTimes({ conditions }: Terms, at: number): UnmetCondition[] {
  const { weekdays = [], hours } = conditions;
  const hold = timesOfUse(conditions, at);
  const { timeZone } = hold;
  return [
    ...(hold.weekdays ? [] : [{ code: 'weekdays', weekdays, timeZone } as const]),
    ...(hold.hours || !hours ? [] : [{ code: 'hours', ...hours } as const]),
  ];
}
