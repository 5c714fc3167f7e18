import * as z from 'zod';
import { couponId, issuanceId, time } from './fields.ts';

const ISSUANCE_STATES = ['accepted', 'issued', 'held', 'redeemed', 'expired', 'revoked'] as const;

/** An issuance as the API shows it. */
export const issuanceReply = z.strictObject({
  id: issuanceId,
  couponId,
  userId: z.string().nullable().meta({ description: 'Null after the user was erased.' }),
  state: z.enum(ISSUANCE_STATES),
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
});

/** The body of a claim: none, or an empty object. */
export const emptyBody = z.strictObject({});
