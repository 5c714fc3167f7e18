import { UsageError } from '../failures.ts';
import { wholeNumber } from './numbers.ts';
import { parseTime } from './times.ts';

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

type Fields = Readonly<Record<string, unknown>>;

/** A coupon as `show --json` prints it can be the file: these are the API's to say. */
const NOT_THE_OPERATORS = ['id', 'state', 'issued', 'remaining', 'createdAt', 'serverTime'];

/**
 * The body of `POST /v1/coupons`: the file's fields, and over them what the flags say.
 * @param template the parsed file, if there is one; then no flag has to be there
 * @param now milliseconds since 1970, by the API's clock
 * @throws UsageError for flags that make no sense; what they say is the API's to judge
 */
export function couponBody(flags: CouponFlags, template: unknown, now: number): Fields {
  const base = template === undefined ? undefined : fieldsOf(template);
  if (base === undefined) refuseMissing(flags);
  const window = windowOf(flags, base, now);
  const conditions = conditionsOf(flags);
  return {
    ...base,
    ...given('name', flags.name),
    ...given('description', flags.description),
    ...given('quantity', numeric('--quantity', flags.quantity, 1)),
    ...given('perUserLimit', numeric('--per-user', flags['per-user'], 1)),
    ...given('issueStartsAt', rfc3339(window.starts)),
    ...given('issueEndsAt', rfc3339(window.ends)),
    ...given('validity', validityOf(flags, window.starts ?? now, now)),
    ...given('discount', discountOf(flags)),
    ...(Object.keys(conditions).length === 0
      ? {}
      : { conditions: { ...(base === undefined ? {} : conditionsIn(base)), ...conditions } }),
    ...(flags['self-redeem'] ? { selfRedeem: true } : {}),
  };
}

function fieldsOf(template: unknown): Fields {
  if (typeof template !== 'object' || template === null || Array.isArray(template)) {
    throw new UsageError('the file is to hold one JSON object: a coupon');
  }
  return Object.fromEntries(
    Object.entries(template).filter(([name]) => !NOT_THE_OPERATORS.includes(name)),
  );
}

function refuseMissing(flags: CouponFlags): void {
  const isValid = flags['valid-days'] ?? flags['valid-until'];
  const missing = [
    ...(['name', 'quantity', 'starts', 'ends'] as const)
      .filter((name) => flags[name] === undefined)
      .map((name) => `--${name}`),
    ...(isValid === undefined ? ['--valid-days or --valid-until'] : []),
    ...((flags.amount ?? flags.percent) === undefined ? ['--amount or --percent'] : []),
    ...(flags.currency === undefined ? ['--currency'] : []),
  ];
  if (missing.length > 0) {
    throw new UsageError(`missing: ${missing.join(', ')} (or --file with a whole coupon)`);
  }
}

/** Of a file's window only the part that the flags don't say counts. */
function windowOf(
  { starts: startText, ends: endText }: CouponFlags,
  base: Fields | undefined,
  now: number,
): { readonly starts: number | undefined; readonly ends: number | undefined } {
  const starts = startText === undefined ? undefined : parseTime('--starts', startText, { now });
  const fileStarts = Date.parse(String(base?.['issueStartsAt']));
  const from = starts ?? (Number.isNaN(fileStarts) ? now : fileStarts);
  const ends = endText === undefined ? undefined : parseTime('--ends', endText, { now, from });
  if (starts !== undefined && ends !== undefined && ends <= starts) {
    throw new UsageError('--ends is not after --starts');
  }
  return { starts, ends };
}

function validityOf(flags: CouponFlags, starts: number, now: number): Fields | undefined {
  const { 'valid-days': days, 'valid-from': from, 'valid-until': until } = flags;
  if (days !== undefined && (from ?? until) !== undefined) {
    throw new UsageError('--valid-days goes without --valid-from and --valid-until');
  }
  if (days !== undefined) return { days: wholeNumber('--valid-days', days, { least: 1 }) };
  if (until === undefined) {
    if (from !== undefined) throw new UsageError('--valid-from needs --valid-until');
    return undefined;
  }
  const origins = { now, from: starts };
  const begins = from === undefined ? starts : parseTime('--valid-from', from, origins);
  return { from: rfc3339(begins), until: rfc3339(parseTime('--valid-until', until, origins)) };
}

function discountOf(flags: CouponFlags): Fields | undefined {
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

function conditionsOf(flags: CouponFlags): Fields {
  return {
    ...given('minOrderAmount', numeric('--min-order', flags['min-order'], 0)),
    ...given('products', selection(flags.products, flags['not-products'])),
    ...given('categories', selection(flags.categories, flags['not-categories'])),
    ...(flags['first-order'] ? { firstOrderOnly: true } : {}),
    ...given('weekdays', flags.weekdays === undefined ? undefined : listed(flags.weekdays)),
    ...given('hours', hoursOf(flags.hours, flags['time-zone'])),
  };
}

function conditionsIn(base: Fields): Fields {
  const { conditions } = base;
  return typeof conditions === 'object' && conditions !== null ? { ...conditions } : {};
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

function numeric(
  option: string,
  text: string | undefined,
  least: number,
  most?: number,
): number | undefined {
  if (text === undefined) return undefined;
  return wholeNumber(option, text, most === undefined ? { least } : { least, most });
}

function rfc3339(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

function given(name: string, value: unknown): Fields {
  return value === undefined ? {} : { [name]: value };
}
