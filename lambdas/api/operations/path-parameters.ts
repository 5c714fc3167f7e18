import * as z from 'zod';
import { problems } from '../../http/problems.ts';
import { couponId, issuanceId } from '../fields.ts';

export interface PathParameterDescription {
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example: string;
}

/** Every name between braces in the paths of the routes. An id of a wrong shape is a 404. */
export const pathParameters: Readonly<Record<string, PathParameterDescription>> = {
  couponId: { description: "A coupon's id.", schema: couponId, example: 'k3v9x2m7q1zd' },
  issuanceId: {
    description: "An issuance's id: it begins with its coupon's.",
    schema: issuanceId,
    example: 'k3v9x2m7q1zd_b1N0xw2vT9eQmZ5rK8yUdA',
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
