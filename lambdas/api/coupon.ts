import * as z from 'zod';
import type { Weekday } from '../domain/conditions.ts';
import { WEEKDAYS, hasConditions } from '../domain/conditions.ts';
import type { CouponDefinition } from '../domain/coupon.ts';
import { COUPON_STATES } from '../domain/coupon.ts';
import type { CouponPatch } from '../domain/coupon-changes.ts';
import {
  couponId,
  currency,
  cursor,
  instant,
  limit,
  money,
  positiveMoney,
  text,
  time,
} from './fields.ts';
import { couponNotifications } from './notifications.ts';
import { timeZone } from './time-zone.ts';

const MAX_QUANTITY = 100_000_000;
const MAX_PER_USER = 100;
/** Ten years: longer promises than a shop keeps its systems. */
const MAX_VALID_DAYS = 3_653;
const MAX_SELECTED = 1_000;

const name = text(1, 200);
const description = text(0, 2_000);
const quantity = z.int().min(1).max(MAX_QUANTITY);

const validity = z.union([
  z.strictObject({ days: z.int().min(1).max(MAX_VALID_DAYS) }),
  z
    .strictObject({ from: instant, until: instant })
    .refine(({ from, until }) => from < until, { error: 'from is not before until' }),
]);

const discount = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('amount'), amount: positiveMoney, currency }),
  z.strictObject({
    type: z.literal('percent'),
    percent: z.int().min(1).max(100),
    maxAmount: positiveMoney.optional(),
    currency,
  }),
]);

// Not zod's readonly(): JSON Schema's readOnly, which it becomes, means not to be sent.
type ReadonlyList<T, Given = readonly T[]> = z.ZodType<readonly T[], Given>;

const selected: ReadonlyList<string, readonly string[] | undefined> = z
  .array(text(1, 200))
  .max(MAX_SELECTED)
  .default([]);
const selection = z.strictObject({ include: selected, exclude: selected });

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'is not HH:MM' });

const hours = z.strictObject({
  from: timeOfDay,
  until: timeOfDay,
  timeZone,
});

const weekdays: ReadonlyList<Weekday> = z.array(z.enum(WEEKDAYS)).min(1).max(7);

/** A property of which no value is valid, in JSON Schema. */
const ABSENT = { not: {} };

const conditions = z
  .strictObject({
    minOrderAmount: money.optional(),
    products: selection.optional(),
    categories: selection.optional(),
    firstOrderOnly: z.boolean().optional(),
    weekdays: weekdays.optional(),
    timeZone: timeZone.optional(),
    hours: hours.optional(),
  })
  .refine((given) => given.hours === undefined || given.timeZone === undefined, {
    path: ['timeZone'],
    error: 'hours name their own time zone, which is also that of the weekdays',
  })
  .meta({ anyOf: [{ properties: { hours: ABSENT } }, { properties: { timeZone: ABSENT } }] });

const NO_SELECTION = { properties: { include: { maxItems: 0 }, exclude: { maxItems: 0 } } };

/** What `hasConditions` denies, in JSON Schema. */
const NO_CONDITIONS = {
  properties: {
    minOrderAmount: { maximum: 0 },
    products: NO_SELECTION,
    categories: NO_SELECTION,
    firstOrderOnly: { const: false },
    weekdays: ABSENT,
    hours: ABSENT,
  },
};

/** The body of `POST /v1/coupons`. */
export const couponDefinition: z.ZodType<CouponDefinition> = z
  .strictObject({
    name,
    description: description.default(''),
    quantity,
    perUserLimit: z.int().min(1).max(MAX_PER_USER).default(1),
    issueStartsAt: instant,
    issueEndsAt: instant,
    validity,
    discount,
    conditions: conditions.default({}),
    selfRedeem: z.boolean().default(false),
    notifications: couponNotifications.optional(),
  })
  .refine(({ issueStartsAt, issueEndsAt }) => issueStartsAt < issueEndsAt, {
    path: ['issueEndsAt'],
    error: 'is not after issueStartsAt',
  })
  .refine(({ selfRedeem, conditions: given }) => !selfRedeem || !hasConditions(given), {
    path: ['selfRedeem'],
    error: 'a coupon with conditions is redeemed by the shop: the shopper would attest the order',
  })
  .meta({
    anyOf: [
      { properties: { selfRedeem: { const: false } } },
      { properties: { conditions: NO_CONDITIONS } },
    ],
  });

/** The body of `PATCH /v1/coupons/{couponId}`: what is not named stays as it is. */
export const couponPatch: z.ZodType<CouponPatch> = z
  .strictObject({
    name,
    description,
    quantity,
    issueEndsAt: instant,
    notifications: couponNotifications.nullable(),
  })
  .partial();

/** The query of `GET /v1/coupons`. */
export const couponQuery = z.object({
  state: z.enum(COUPON_STATES).optional(),
  limit,
  cursor,
});

const count = z.int().min(0);

/** A coupon as the API shows it. */
export const couponReply = z.strictObject({
  id: couponId,
  name: z.string(),
  description: z.string(),
  state: z.enum(COUPON_STATES),
  quantity: count,
  issued: count,
  remaining: count,
  perUserLimit: count,
  issueStartsAt: time,
  issueEndsAt: time,
  validity: z.union([z.strictObject({ days: count }), z.strictObject({ from: time, until: time })]),
  discount,
  conditions: conditions,
  selfRedeem: z.boolean(),
  notifications: couponNotifications.optional(),
  createdAt: time,
  serverTime: time,
});

export const couponPage = z.strictObject({
  items: z.array(couponReply),
  nextCursor: z.string().nullable(),
});
