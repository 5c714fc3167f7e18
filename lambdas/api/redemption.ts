import * as z from 'zod';
import { currency, issuanceId, money, text, time } from './fields.ts';
import { orderBody } from './order.ts';

export const orderId = orderBody.shape.order.shape.id;

/** The body of `POST /v1/redemptions`. A code may be typed with blanks and hyphens. */
export const codeBody = orderBody.extend({ code: text(1, 100) });

const MOST_MINUTES = 60;
/** Long enough to pay by card with a second factor, short enough for another try after a failure. */
const DEFAULT_MINUTES = 10;

/** The body of `POST …/holds`. */
export const holdBody = z.strictObject({
  orderId,
  minutes: z.int().min(1).max(MOST_MINUTES).default(DEFAULT_MINUTES),
});

const sums = {
  discount: money,
  /** What is left to pay of the order. */
  payable: money,
  currency,
  /** What each of the order's items bears of the discount, in their order. */
  allocations: z.array(money),
};

/** A redemption, as the first answer and each repeated one show it. */
export const redemptionReply = z.strictObject({
  id: z.string(),
  issuanceId,
  orderId: z.string(),
  ...sums,
  redeemedAt: time,
});

/** The answer to a rollback. */
export const rollbackReply = redemptionReply.extend({ rolledBackAt: time });

/** The answer to a quote: eligible exactly when redeeming would succeed now. */
export const quoteReply = z.strictObject({
  eligible: z.boolean(),
  ...sums,
  failures: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
});

/** The answer to a hold. */
export const holdReply = z.strictObject({ orderId: z.string(), expiresAt: time });
