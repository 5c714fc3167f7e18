import { UsageError } from '../failures.ts';
import { wholeNumber } from './numbers.ts';

/** What may be said of a new coupon on the command line; `undefined` where it was not. */
export interface CouponFlags {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly quantity: string | undefined;
  readonly 'per-user': string | undefined;
  readonly starts: string | undefined;
  readonly ends: string | undefined;
  readonly 'valid-days': string | undefined;
  readonly 'valid-from': string | undefined;
  readonly 'valid-until': string | undefined;
  readonly amount: string | undefined;
  readonly percent: string | undefined;
  readonly 'max-amount': string | undefined;
  readonly currency: string | undefined;
  readonly 'min-order': string | undefined;
  readonly products: string | undefined;
  readonly 'not-products': string | undefined;
  readonly categories: string | undefined;
  readonly 'not-categories': string | undefined;
  readonly 'first-order': boolean;
  readonly weekdays: string | undefined;
  readonly hours: string | undefined;
  readonly 'time-zone': string | undefined;
  readonly 'self-redeem': boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** @throws UsageError for flags that exclude each other */
export function discountOf(flags: CouponFlags): Fields | undefined {
  const { amount, percent, currency, 'max-amount': most } = flags;
  if (amount === undefined && percent === undefined) {
    if ((currency ?? most) === undefined) return undefined;
    throw new UsageError('--currency and --max-amount go with --amount or --percent');
  }
  if (amount !== undefined && percent !== undefined) {
    throw new UsageError('--amount and --percent exclude each other');
  }
  if (currency === undefined) throw new UsageError('--currency is missing');
  if (amount !== undefined) {
    if (most !== undefined) throw new UsageError('--max-amount goes with --percent');
    return { type: 'amount', amount: wholeNumber('--amount', amount, { least: 1 }), currency };
  }
  return {
    type: 'percent',
    ...given('percent', numeric('--percent', percent, 1, 100)),
    ...given('maxAmount', numeric('--max-amount', most, 1)),
    currency,
  };
}

/** @throws UsageError for a number or hours that are none */
export function conditionsOf(flags: CouponFlags): Fields {
  return {
    ...given('minOrderAmount', numeric('--min-order', flags['min-order'], 0)),
    ...given('products', selection(flags.products, flags['not-products'])),
    ...given('categories', selection(flags.categories, flags['not-categories'])),
    ...(flags['first-order'] ? { firstOrderOnly: true } : {}),
    ...given('weekdays', flags.weekdays === undefined ? undefined : listed(flags.weekdays)),
    ...given('hours', hoursOf(flags.hours, flags['time-zone'])),
  };
}

function selection(include: string | undefined, exclude: string | undefined): Fields | undefined {
  if ((include ?? exclude) === undefined) return undefined;
  return { include: listed(include ?? ''), exclude: listed(exclude ?? '') };
}

function hoursOf(hours: string | undefined, timeZone: string | undefined): Fields | undefined {
  if (hours === undefined && timeZone === undefined) return undefined;
  const [, from, until] = /^(\d{2}:\d{2})-(\d{2}:\d{2})$/.exec(hours ?? '') ?? [];
  if (from === undefined || until === undefined || timeZone === undefined) {
    throw new UsageError('hours are given as --hours 09:00-18:00 --time-zone Asia/Seoul');
  }
  return { from, until, timeZone };
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A flag's whole number, if it was given. @throws UsageError */
export function numeric(
  option: string,
  text: string | undefined,
  least: number,
  most?: number,
): number | undefined {
  if (text === undefined) return undefined;
  return wholeNumber(option, text, most === undefined ? { least } : { least, most });
}

/** A field with its value, or nothing for a value that is not there. */
export function given(name: string, value: unknown): Fields {
  return value === undefined ? {} : { [name]: value };
}
