import * as z from 'zod';
import { problems } from '../../http/problems.ts';
import { couponId, issuanceId } from '../fields.ts';
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
