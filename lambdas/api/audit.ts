import * as z from 'zod';
import { couponId, couponIdParameter, cursor, limit, text, time } from './fields.ts';

/** The query of `GET /v1/audit`. */
export const auditQuery = z.object({
  couponId: couponIdParameter.optional(),
  actor: text(1, 255).optional(),
  limit,
  cursor,
});

/** Who did what, as the API shows it. */
export const auditReply = z.strictObject({
  id: z.string(),
  at: time,
  actor: z.string(),
  action: z.string(),
  couponId: couponId.nullable(),
  subject: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  requestId: z.string().nullable(),
});

export const auditPage = z.strictObject({
  items: z.array(auditReply),
  nextCursor: z.string().nullable(),
});
