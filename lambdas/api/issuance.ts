import * as z from 'zod';
import { RECORDED_STATES } from '../domain/issuance.ts';
import { couponId, couponIdParameter, cursor, issuanceId, limit, time, userId } from './fields.ts';

/**
 * The query of `GET /v1/issuances`. What is accepted and not yet recorded is in no list; it can be
 * read by its id.
 */
export const issuanceQuery = z.object({
  userId: userId.optional(),
  state: z.enum(RECORDED_STATES).optional(),
  couponId: couponIdParameter.optional(),
  limit,
  cursor,
});

/** An issuance as the API shows it; what begins with `issuedAt` is there once it is recorded. */
export const issuanceReply = z.strictObject({
  id: issuanceId,
  couponId,
  userId: z.string().nullable().meta({ description: 'Null after the user was erased.' }),
  state: z.enum(['accepted', ...RECORDED_STATES]),
  sequence: z.int().min(1).meta({
    description: "The place in the coupon's line, from 1; there may be gaps.",
  }),
  acceptedAt: time,
  issuedAt: time.optional(),
  validFrom: time.optional(),
  validUntil: time.optional(),
  code: z.string().optional().meta({
    description:
      'The secret by which it can be redeemed; shown to its owner alone, once it is issued.',
  }),
  hold: z
    .strictObject({ orderId: z.string().optional(), expiresAt: time })
    .optional()
    .meta({ description: 'While it is held; the order is shown to shops and operators only.' }),
  redemption: z
    .strictObject({ id: z.string().optional(), orderId: z.string().optional(), redeemedAt: time })
    .optional()
    .meta({
      description:
        'While it is redeemed; the order, and the id to roll it back, are shown to shops and operators only.',
    }),
});

export const issuancePage = z.strictObject({
  items: z.array(issuanceReply),
  nextCursor: z.string().nullable(),
});
