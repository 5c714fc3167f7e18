import * as z from 'zod';
import { cursor, issuanceId, time } from './fields.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 5_000;

/** The query of `GET /v1/coupons/{couponId}/issuances`. A page may have fewer rows than `limit`. */
export const exportQuery = z.object({
  format: z.enum(['json', 'csv']).default('json'),
  limit: z
    .string()
    .regex(/^([1-9]\d{0,2}|[1-4]\d{3}|5000)$/, { error: `is not a number from 1 to ${MAX_LIMIT}` })
    .transform(Number)
    .default(DEFAULT_LIMIT)
    .meta({ type: 'integer', minimum: 1, maximum: MAX_LIMIT }),
  cursor,
});

/** An issuance in an export: without its code, which is its owner's alone. */
export const exportedIssuance = z.strictObject({
  id: issuanceId,
  userId: z.string().nullable(),
  state: z.enum(['issued', 'held', 'redeemed', 'expired', 'revoked']),
  sequence: z.int().min(1),
  acceptedAt: time,
  issuedAt: time,
  validFrom: time,
  validUntil: time,
  orderId: z.string().nullable().meta({ description: 'That has redeemed it.' }),
  redeemedAt: time.nullable(),
});

export const exportPage = z.strictObject({
  items: z.array(exportedIssuance),
  nextCursor: z.string().nullable(),
});
