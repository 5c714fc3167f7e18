import type * as z from 'zod';
import { PLACEHOLDERS } from '../../domain/notification-values.ts';
import { couponDefinition, couponPage, couponReply } from '../coupon.ts';
import { issuancePage, issuanceReply } from '../issuance.ts';
import { couponNotifications, notificationReply, notificationTemplate } from '../notifications.ts';
import { orderBody } from '../order.ts';
import { holdReply, quoteReply, redemptionReply, rollbackReply } from '../redemption.ts';
import { problemReply } from './problem-reply.ts';

/** `input`: what a request sends; `output`: what a reply has, where defaults are filled in. */
export type Direction = 'input' | 'output';

export interface NamedSchema {
  readonly schema: z.ZodType;
  /** Of `both` a test sees to it that there is no difference. */
  readonly direction: Direction | 'both';
  /** What its fields mean, where that can't be seen. Markdown. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Of coupons, as they are defined and as they are shown. */
const couponFields = {
  name: 'For people.',
  description: 'For people.',
  quantity: 'How many are given at most.',
  perUserLimit: 'How many one user may have; above 1 each claim needs an `Idempotency-Key`.',
  issueStartsAt: 'Claims are accepted from then on.',
  issueEndsAt: 'Claims are accepted until then.',
  validity:
    'When an issuance may be redeemed: so many days from its acceptance, or in a fixed period.',
  discount: 'What a redemption takes off an order.',
  conditions: 'What must hold of an order. All that are given must.',
  selfRedeem: 'Whether a shopper may redeem it without the shop; never with conditions.',
  notifications:
    'Who is told what, by which channels, and in which words if not in ours. Without it nobody is told anything. Shown to operators, and not in lists.',
};

const { discount, conditions, validity } = couponReply.shape;

const names = PLACEHOLDERS.map((name) => `\`{{${name}}}\``).join(', ');

/** Schemas with a name of their own in the document, and in the clients that are made of it. */
export const namedSchemas = {
  CouponDefinition: { schema: couponDefinition, direction: 'input', fields: couponFields },
  Coupon: {
    schema: couponReply,
    direction: 'output',
    fields: {
      ...couponFields,
      state:
        '`scheduled`, `open` and `ended` follow from the window; `paused` and `closed` are the operator’s.',
      issued: 'How many are recorded: a moment behind what is accepted.',
      remaining: 'The quantity less what is issued.',
      serverTime: 'The clock by which the state was told.',
    },
  },
  CouponPage: { schema: couponPage, direction: 'output' },
  Discount: { schema: discount, direction: 'both' },
  Conditions: { schema: conditions, direction: 'output' },
  ConditionsDefinition: { schema: conditions, direction: 'input' },
  CouponNotifications: {
    schema: couponNotifications,
    direction: 'both',
    fields: {
      users:
        'Told of their own issuances; `expiring` so many hours before the end, 24 unless told.',
      operators: 'Told of the event.',
      templates: 'Texts in place of ours, by event and language.',
    },
  },
  NotificationTemplate: {
    schema: notificationTemplate,
    direction: 'both',
    fields: {
      subject: 'One line that is not blank, without `{{code}}`: subjects are seen by others.',
      body: `Plain text that is not blank. In both fields these stand for what is known, the secret code in the body only: ${names}.`,
    },
  },
  Notification: { schema: notificationReply, direction: 'output' },
  Validity: { schema: validity, direction: 'output' },
  Issuance: { schema: issuanceReply, direction: 'output' },
  IssuancePage: { schema: issuancePage, direction: 'output' },
  Order: {
    schema: orderBody.shape.order,
    direction: 'input',
    fields: {
      id: 'The order, as the shop calls it: it redeems once.',
      amount: "What is to be paid without the coupon, in the currency's minor unit.",
      firstOrder: 'Whether it is the first order of the user; the shop knows.',
      items: 'Its lines. Without any, coupons for some products can not be used.',
    },
  },
  Redemption: { schema: redemptionReply, direction: 'output' },
  RolledBackRedemption: { schema: rollbackReply, direction: 'output' },
  Quote: { schema: quoteReply, direction: 'output' },
  Hold: { schema: holdReply, direction: 'output' },
  Problem: { schema: problemReply, direction: 'output' },
} as const satisfies Record<string, NamedSchema>;
