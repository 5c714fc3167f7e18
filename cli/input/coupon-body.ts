import { UsageError } from '../failures.ts';
import {
  conditionsOf,
  discountOf,
  given,
  numeric,
  type CouponFlags,
  type Fields,
} from './coupon-fields.ts';
import { wholeNumber } from './numbers.ts';
import { parseTime } from './times.ts';

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

function conditionsIn(base: Fields): Fields {
  const { conditions } = base;
  return typeof conditions === 'object' && conditions !== null ? { ...conditions } : {};
}

function rfc3339(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
