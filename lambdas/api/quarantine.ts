import * as z from 'zod';
import { QUARANTINE_REASONS } from '../domain/record-plan.ts';
import { cursor, limit, time } from './fields.ts';

/** The query of `GET /v1/quarantine`: those not yet discarded, or those that are. */
export const quarantineQuery = z.object({
  reason: z.enum(QUARANTINE_REASONS).optional(),
  discarded: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
  limit,
  cursor,
});

/**
 * A quarantined record as the API shows it. `key` and `value` are its bytes in base64, for they may
 * be anything, and name a user; of long ones the first 8 KB. `valueBytes` counts the whole value.
 */
export const quarantineReply = z.strictObject({
  id: z.string(),
  topic: z.string(),
  partition: z.int().min(0),
  offset: z.string(),
  reason: z.enum(QUARANTINE_REASONS),
  detail: z.string(),
  couponId: z.string().nullable(),
  issuanceId: z.string().nullable(),
  key: z.base64().nullable(),
  value: z.base64().nullable(),
  valueBytes: z.int().min(0).nullable(),
  createdAt: time,
  discardedAt: time.nullable(),
  discardedBy: z.string().nullable(),
});

export const quarantinePage = z.strictObject({
  items: z.array(quarantineReply),
  nextCursor: z.string().nullable(),
});
