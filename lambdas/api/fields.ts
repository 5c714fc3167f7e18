import * as z from 'zod';
import { isStorableText, MAX_USER_ID_LENGTH } from '../domain/claim-record.ts';

/**
 * Text that can be stored: UTF-8 without NUL. Lengths count characters (code points), as JSON
 * Schema and PostgreSQL do; a JavaScript string counts an emoji twice.
 */
export function text(minLength: number, maxLength: number): z.ZodString {
  return (
    z
      .string()
      .refine(isStorableText, { error: 'has a NUL or half of a surrogate pair' })
      .refine((value) => isBetween(minLength, Array.from(value).length, maxLength), {
        error: `must have ${minLength} to ${maxLength} characters`,
      })
      // Half a pair can't stand in UTF-8 to begin with, and not all dialects of patterns know it.
      .meta({ minLength, maxLength, pattern: String.raw`^[^\u0000]*$` })
  );
}

/** The `sub` of a user's tokens: what `isUserId` takes. */
export const userId = text(1, MAX_USER_ID_LENGTH);

function isBetween(least: number, value: number, most: number): boolean {
  return least <= value && value <= most;
}

/** RFC 3339 knows four digits for the year; an offset can push a time out of them. */
const YEAR_0 = Date.parse('0000-01-01T00:00:00Z');
const END_OF_YEAR_9999 = Date.parse('9999-12-31T23:59:59.999Z');

/** RFC 3339, as milliseconds since 1970. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((value) => Date.parse(value))
  .refine((value) => isBetween(YEAR_0, value, END_OF_YEAR_9999), {
    error: 'is not between the years 0000 and 9999 in UTC',
  });

/** RFC 3339 in UTC, as the API writes it. */
export const time = z.iso.datetime();

/** Sums above are no order's: all arithmetic on amounts stays exact. */
const MAX_MONEY = 1_000_000_000_000;

/** An integer in the currency's minor unit. */
export const money = z.int().min(0).max(MAX_MONEY);
export const positiveMoney = z.int().min(1).max(MAX_MONEY);

export const currency = z.string().regex(/^[A-Z]{3}$/, { error: 'is not an ISO 4217 code' });

const COUPON_ID = /^[a-z0-9]{12}$/;

export const couponId = z.string().regex(COUPON_ID);
export const issuanceId = z.string().regex(/^[a-z0-9]{12}_[A-Za-z0-9_-]{22}$/);

/** In a query. */
export const couponIdParameter = z.string().regex(COUPON_ID, { error: 'is not a coupon id' });

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** The body of a call whose path says it all, where there is one. */
export const emptyBody = z.strictObject({});
export const noBody = emptyBody.optional();

/** The query parameter `limit` of every list. */
export const limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, { error: `is not a number from 1 to ${MAX_LIMIT}` })
  .transform(Number)
  .default(DEFAULT_LIMIT)
  .meta({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    description: 'How many entries a page has at most.',
  });

/** The query parameter `cursor` of every list; what it says is checked apart. */
export const cursor = z.string().optional().meta({
  description: 'The `nextCursor` of the page before; the first page without.',
});
