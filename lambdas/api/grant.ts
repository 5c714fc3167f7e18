import * as z from 'zod';
import { GRANT_REFUSALS } from '../domain/grant.ts';
import { couponId, time, userId } from './fields.ts';

/** Distinct users; a longer list is granted in parts. */
const MAX_USERS = 10_000;

/** The body of `POST /v1/coupons/{couponId}/grants`. */
export const grantOrder = z.strictObject({
  userIds: z
    .array(userId)
    .min(1)
    .refine((userIds) => new Set(userIds).size <= MAX_USERS, {
      error: `has more than ${MAX_USERS} different users`,
    })
    .readonly(),
});

const count = z.int().min(0);

/** A grant as the API shows it; `accepted`, `alreadyHad`, `refused`, `erased` and `pending` make the total. */
export const grantReply = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  couponId,
  state: z.enum(['pending', 'done']),
  total: count,
  duplicates: count,
  accepted: count,
  alreadyHad: count,
  refused: z.partialRecord(z.enum(GRANT_REFUSALS), count),
  erased: count,
  pending: count,
  createdAt: time,
  finishedAt: time.optional(),
});
