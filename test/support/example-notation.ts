import type { Conditions, Selection, Weekday } from '../../lambdas/domain/conditions.ts';
import { WEEKDAYS } from '../../lambdas/domain/conditions.ts';
import type { Coupon } from '../../lambdas/domain/coupon.ts';
import type { Discount } from '../../lambdas/domain/discount.ts';
import type { Order, OrderItem } from '../../lambdas/domain/order.ts';

/** The notation of `docs/conditions.md`. What it does not know, it throws at. */

export const NOTHING = '—';

/** Apart from the product's table, which it is to find wrong. */
const DIGITS: Readonly<Record<string, number>> = { KRW: 0, JPY: 0, USD: 2, EUR: 2, AUD: 2, KWD: 3 };

/** `1,234.50` in the currency's minor unit: all its digits, and a comma before each three. */
export function amountOf(text: string, currency: string): number {
  const digits = DIGITS[currency];
  if (digits === undefined) throw new Error(`not a currency of the examples: ${currency}`);
  const shape = /^(\d{1,3}(?:,\d{3})*)(?:\.(\d+))?$/.exec(text);
  const [, whole = '', fraction = ''] = shape ?? [];
  if (!shape || fraction.length !== digits)
    throw new Error(`not an amount of ${currency}: ${text}`);
  return Number(whole.replaceAll(',', '') + fraction);
}

/** `1,234.50 USD` */
export function moneyOf(text: string): { readonly amount: number; readonly currency: string } {
  const [amount = '', currency = '', ...rest] = text.split(' ');
  if (rest.length > 0) throw new Error(`not money: ${text}`);
  return { amount: amountOf(amount, currency), currency };
}

/** `5,000 KRW off; orders from 30,000 KRW; on sat, sun in Asia/Seoul` */
export function couponOf(text: string): Pick<Coupon, 'discount' | 'conditions'> {
  const [first = '', ...rest] = text.split('; ');
  const discount = discountOf(first);
  const conditions = rest.reduce<Conditions>((known, part) => {
    const read = conditionOf(part, known, discount.currency);
    const field = Object.keys(read).find((name) => !SELECTIONS.test(name) && name in known);
    if (field !== undefined) throw new Error(`${field} twice: ${text}`);
    return { ...known, ...read };
  }, {});
  return { discount, conditions };
}

function discountOf(text: string): Discount {
  const percent = /^(\d+) % off(?: \(([A-Z]{3})\)|, at most (.+))$/.exec(text);
  if (!percent) {
    const amount = /^(.+) off$/.exec(text)?.[1];
    if (amount === undefined) throw new Error(`not a discount: ${text}`);
    return { type: 'amount', ...moneyOf(amount) };
  }
  const [, share, currency, cap] = percent;
  const rest =
    cap === undefined
      ? { currency: currency ?? '' }
      : { currency: moneyOf(cap).currency, maxAmount: moneyOf(cap).amount };
  return { type: 'percent', percent: Number(share), ...rest };
}

const SELECTIONS = /^(?:products|categories)$/;

function conditionOf(text: string, known: Conditions, currency: string): Conditions {
  const minimum = /^orders from (.+)$/.exec(text)?.[1];
  if (minimum !== undefined) {
    const money = moneyOf(minimum);
    if (money.currency !== currency) throw new Error(`a minimum in another currency: ${text}`);
    return { minOrderAmount: money.amount };
  }
  if (text === 'first order only') return { firstOrderOnly: true };
  const selection = /^(only|no) (products|categories) (.+)$/.exec(text);
  if (selection) {
    const [, side, field = '', names = ''] = selection;
    const before: Selection = known[field as 'products' | 'categories'] ?? {
      include: [],
      exclude: [],
    };
    const key = side === 'only' ? 'include' : 'exclude';
    if (before[key].length > 0) throw new Error(`twice: ${text}`);
    return { [field]: { ...before, [key]: names.split(', ') } };
  }
  const days = /^on ([a-z, ]+?)(?: in (\S+))?$/.exec(text);
  if (days) {
    const [, names = '', timeZone] = days;
    const weekdays = names.split(', ').map(weekdayOf);
    return timeZone === undefined ? { weekdays } : { weekdays, timeZone };
  }
  const hours = /^(\d\d:\d\d)–(\d\d:\d\d) in (\S+)$/.exec(text);
  if (hours) {
    const [, from = '', until = '', timeZone = ''] = hours;
    return { hours: { from, until, timeZone } };
  }
  throw new Error(`not a condition: ${text}`);
}

function weekdayOf(text: string): Weekday {
  const weekday = WEEKDAYS.find((day) => day === text);
  if (!weekday) throw new Error(`not a weekday: ${text}`);
  return weekday;
}

/** `30,000 KRW, first order: tea [drinks] 10,000 + 2 × cups 20,000` */
export function orderOf(text: string): Order {
  const shape = /^([\d,.]+ [A-Z]{3})(?:, (first order|not the first order))?(?:: (.+))?$/.exec(
    text,
  );
  if (!shape) throw new Error(`not an order: ${text}`);
  const [, total = '', first, lines] = shape;
  const money = moneyOf(total);
  return {
    id: 'order-1',
    ...money,
    ...(first === undefined ? {} : { firstOrder: first === 'first order' }),
    ...(lines === undefined ? {} : { items: itemsOf(lines, money.currency) }),
  };
}

function itemsOf(text: string, currency: string): OrderItem[] {
  if (text === 'no lines') return [];
  return text.split(' + ').map((line) => {
    const shape = /^(?:(\d+) × )?([A-Za-z ]+?)(?: \[([a-z, ]+)\])? ([\d,.]+)$/.exec(line);
    if (!shape) throw new Error(`not a line of an order: ${line}`);
    const [, quantity = '1', productId = '', categories, amount = ''] = shape;
    return {
      productId,
      categoryIds: categories?.split(', ') ?? [],
      quantity: Number(quantity),
      amount: amountOf(amount, currency),
    };
  });
}

const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Fri 2026-11-27 09:00 +09:00`, with seconds or without, as milliseconds since 1970 (UTC). */
export function instantOf(text: string): number {
  const shape = /^([A-Z][a-z]{2}) (\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?) ([+-]\d\d:\d\d)$/.exec(
    text,
  );
  if (!shape) throw new Error(`not a time: ${text}`);
  const [, day = '', date = '', time = '', offset = ''] = shape;
  const calendar = new Date(`${date}T00:00Z`);
  const at = Date.parse(`${date}T${time}${offset}`);
  // Date.parse takes February 30 for March 2.
  const exists = !Number.isNaN(at) && calendar.toISOString().startsWith(date);
  if (!exists || DAY_NAMES[calendar.getUTCDay()] !== day) throw new Error(`no such day: ${text}`);
  return at;
}

/** `1,667 + 3,333` */
export function partsOf(text: string, currency: string): number[] {
  if (text === NOTHING) return [];
  return text.split(' + ').map((part) => amountOf(part, currency));
}

/** `` `currency`, `hours` `` */
export function codesOf(text: string): string[] {
  if (text === NOTHING) return [];
  return text.split(', ').map((code) => {
    const name = /^`([a-z_]+)`$/.exec(code)?.[1];
    if (name === undefined) throw new Error(`not a code: ${code}`);
    return name;
  });
}
