import * as z from 'zod';
import { problems } from '../../http/problems.ts';
import { couponId, issuanceId, userId } from '../fields.ts';
import { COUPON_ID, ISSUANCE_ID } from './examples.ts';

export interface PathParameterDescription {
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example: string;
}

/** Every name between braces in the paths of the routes. An id of a wrong shape is a 404. */
export const pathParameters: Readonly<Record<string, PathParameterDescription>> = {
  couponId: { description: "A coupon's id.", schema: couponId, example: COUPON_ID },
  issuanceId: {
    description: "An issuance's id: it begins with its coupon's.",
    schema: issuanceId,
    example: ISSUANCE_ID,
  },
  redemptionId: {
    description: "A redemption's id.",
    schema: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
    example: 'w2vT9eQmZ5rK8yUdAb1N0x',
  },
  grantId: {
    description: "A grant's id.",
    schema: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
    example: 'eQmZ5rK8yUdAb1N0xw2vT9',
  },
  quarantineId: {
    description: 'The number of an entry.',
    schema: z.string().regex(/^[1-9][0-9]{0,17}$/),
    example: '7',
  },
  notificationId: {
    description: 'The number of a notification.',
    schema: z.string().regex(/^[1-9][0-9]{0,17}$/),
    example: '4211',
  },
  userId: {
    description: 'A user: the `sub` of their tokens.',
    schema: userId,
    example: 'anna',
  },
  orderId: {
    description: "The order's id in the shop.",
    schema: z.string().min(1).max(200),
    example: 'order-1',
  },
  asset: {
    description: 'A file that the page names.',
    schema: z.string().min(1),
    example: 'swagger-ui.css',
  },
  code: {
    description: "A problem's code.",
    schema: z.enum(Object.keys(problems)),
    example: 'sold_out',
  },
};
