import * as z from 'zod';
import { NOTIFICATION_STATES } from '../domain/notification-ledger.ts';
import { MAX_BODY, MAX_SUBJECT, templateFaults } from '../domain/notification-template.ts';
import { NOT_IN_A_LINE } from '../domain/notification-values.ts';
import type { CouponNotifications, NotificationTemplate } from '../domain/notification.ts';
import { CHANNELS, OPERATOR_EVENTS, USER_EVENTS } from '../domain/notification.ts';
import { couponIdParameter, cursor, limit, text, time } from './fields.ts';

/** A month before is no reminder. */
export const MAX_REMIND_HOURS = 24 * 31;

const eachOnce = (names: readonly string[]): boolean => new Set(names).size === names.length;
const TWICE = { error: 'names one twice' };

const some = <const Names extends readonly [string, ...string[]]>(
  names: Names,
): z.ZodType<readonly Names[number][]> =>
  z
    .array(z.enum(names))
    .min(1)
    .max(names.length)
    .refine(eachOnce, TWICE)
    .meta({ uniqueItems: true });

/** Words of a coupon's own, in place of ours. */
export const notificationTemplate: z.ZodType<NotificationTemplate> = z
  .strictObject({
    subject: text(1, MAX_SUBJECT).meta({ pattern: `^[^${NOT_IN_A_LINE}]*$` }),
    body: text(1, MAX_BODY),
  })
  .check(({ value, issues }) => {
    for (const { field, en, ko } of templateFaults(value)) {
      issues.push({
        code: 'custom',
        path: [field],
        input: value[field],
        message: en,
        params: { en, ko },
      });
    }
  });

const templateByLanguage = z.strictObject({
  en: z.exactOptional(notificationTemplate),
  ko: z.exactOptional(notificationTemplate),
});

const EVENTS = [...USER_EVENTS, ...OPERATOR_EVENTS] as const;

const templates: z.ZodType<NonNullable<CouponNotifications['templates']>> = z.strictObject(
  Object.fromEntries(EVENTS.map((event) => [event, z.exactOptional(templateByLanguage)])),
);

/** Of coupons: who is told what, by which channels, in which words. */
export const couponNotifications: z.ZodType<CouponNotifications> = z.strictObject({
  users: z.exactOptional(
    z.strictObject({
      channels: some(['email', 'webhook']),
      events: some(USER_EVENTS),
      remindHoursBefore: z.exactOptional(z.int().min(1).max(MAX_REMIND_HOURS)),
    }),
  ),
  operators: z.exactOptional(
    z.strictObject({ channels: some(['slack', 'sns', 'webhook']), events: some(OPERATOR_EVENTS) }),
  ),
  templates: z.exactOptional(templates),
});

/** The query of `GET /v1/notifications`. */
export const notificationQuery = z.object({
  state: z.enum(NOTIFICATION_STATES).default('parked').meta({
    description: '`parked` unless it says otherwise: what waits for an operator.',
  }),
  channel: z.enum(CHANNELS).optional(),
  couponId: couponIdParameter.optional(),
  limit,
  cursor,
});

/** A notification as the API shows it: it names no person, and not what it says. */
export const notificationReply = z.strictObject({
  id: z.string(),
  event: z.enum(EVENTS),
  channel: z.enum(CHANNELS),
  couponId: z.string(),
  issuanceId: z.string().nullable(),
  redemptionId: z.string().nullable(),
  figures: z.record(z.string(), z.union([z.number(), z.string()])).nullable(),
  state: z.enum(NOTIFICATION_STATES),
  tries: z.int().min(0),
  reason: z.string().nullable(),
  occurredAt: time,
  dueAt: time,
  settledAt: time.nullable(),
  discardedBy: z.string().nullable(),
});

export const notificationPage = z.strictObject({
  items: z.array(notificationReply),
  nextCursor: z.string().nullable(),
});
