import type { Coupon } from './coupon.ts';
import type { Order } from './order.ts';

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

/** What the coupon would take off this order at `at` (milliseconds since 1970, UTC). */
export function quoteOrder(
  { conditions, discount: terms }: Pick<Coupon, 'conditions' | 'discount'>,
  order: Order,
  at: number,
): Quote {
  const items = order.items ?? [];
  const unmet: UnmetCondition[] = [];
  const { currency } = terms;
  const { minOrderAmount = 0, firstOrderOnly, hours } = conditions;
  if (order.currency !== currency) unmet.push({ code: 'currency', currency });
  if (order.amount < minOrderAmount) {
    unmet.push({ code: 'min_order_amount', minOrderAmount, currency });
  }
  if (firstOrderOnly === true && order.firstOrder !== true)
    unmet.push({ code: 'first_order_only' });
  if (hours) {
    const time = new Date(at).toISOString().slice(11, 16);
    if (time < hours.from || time >= hours.until) unmet.push({ code: 'hours', ...hours });
  }
  const full =
    terms.type === 'amount' ? terms.amount : Math.floor((order.amount * terms.percent) / 100);
  const discount = unmet.length > 0 ? 0 : Math.min(full, order.amount);
  const allocations = items.map((_, i) => (i === 0 ? discount : 0));
  return { discount, payable: order.amount - discount, allocations, unmet };
}
