import * as z from 'zod';
import { isStorableText } from '../domain/claim-record.ts';
import { isCouponId } from '../domain/coupon.ts';
import { isIssuanceId } from '../domain/issuance.ts';

/** Text that can be stored: UTF-8 without NUL. */
export function text(minLength: number, maxLength: number): z.ZodString {
  return z.string().min(minLength).max(maxLength).refine(isStorableText, {
    error: 'has a NUL or half of a surrogate pair',
  });
}

/** RFC 3339, as milliseconds since 1970. */
export const instant = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));

/** RFC 3339 in UTC, as the API writes it. */
export const time = z.iso.datetime();

/** Sums above are no order's: all arithmetic on amounts stays exact. */
const MAX_MONEY = 1_000_000_000_000;

/** An integer in the currency's minor unit. */
export const money = z.int().min(0).max(MAX_MONEY);
export const positiveMoney = z.int().min(1).max(MAX_MONEY);

export const currency = z.string().regex(/^[A-Z]{3}$/, { error: 'is not an ISO 4217 code' });

export const couponId = z.string().regex(/^[a-z0-9]{12}$/);
export const issuanceId = z.string().regex(/^[a-z0-9]{12}_[A-Za-z0-9_-]{22}$/);

/** In a query: an id of a wrong shape is no such thing's. */
export const couponIdParameter = z.string().refine(isCouponId, { error: 'is not a coupon id' });
export const issuanceIdParameter = z
  .string()
  .refine(isIssuanceId, { error: 'is not an issuance id' });

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** The body of a call whose path says it all. */
export const emptyBody = z.strictObject({}).optional();

/** The query parameter `limit` of every list. */
export const limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, { error: `is not a number from 1 to ${MAX_LIMIT}` })
  .transform(Number)
  .default(DEFAULT_LIMIT)
  .meta({ type: 'integer', minimum: 1, maximum: MAX_LIMIT });

/** The query parameter `cursor` of every list; what it says is checked apart. */
export const cursor = z.string().optional();
