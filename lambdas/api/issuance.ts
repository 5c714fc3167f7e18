import * as z from 'zod';
import { isUserId } from '../domain/claim-record.ts';
import { RECORDED_STATES } from '../domain/issuance.ts';
import { couponId, couponIdParameter, cursor, issuanceId, limit, time } from './fields.ts';

/**
 * The query of `GET /v1/issuances`. What is accepted and not yet recorded is in no list; it can be
 * read by its id.
 */
export const issuanceQuery = z.object({
  userId: z.string().refine(isUserId, { error: 'is not a user id' }).optional(),
  state: z.enum(RECORDED_STATES).optional(),
  couponId: couponIdParameter.optional(),
  limit,
  cursor,
});

/** An issuance as the API shows it; what begins with `issuedAt` is there once it is recorded. */
export const issuanceReply = z.strictObject({
  id: issuanceId,
  couponId,
  userId: z.string().nullable(),
  state: z.enum(['accepted', ...RECORDED_STATES]),
  sequence: z.int().min(1),
  acceptedAt: time,
  issuedAt: time.optional(),
  validFrom: time.optional(),
  validUntil: time.optional(),
  /** To its owner only. */
  code: z.string().optional(),
  /** While it is held; the order to shops and operators only. */
  hold: z.strictObject({ orderId: z.string().optional(), expiresAt: time }).optional(),
  /** While it is redeemed; by which order, and the id to roll it back, to shops and operators only. */
  redemption: z
    .strictObject({ id: z.string().optional(), orderId: z.string().optional(), redeemedAt: time })
    .optional(),
});

export const issuancePage = z.strictObject({
  items: z.array(issuanceReply),
  nextCursor: z.string().nullable(),
});
