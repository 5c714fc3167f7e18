import * as z from 'zod';
import type { Order } from '../domain/order.ts';
import { currency, money, text } from './fields.ts';

/** 500 lines of usual ids fill a body of 64 KB. */
const MAX_ITEMS = 500;
const MAX_CATEGORIES = 50;
const MAX_UNITS = 1_000_000;

const id = text(1, 200);

const item = z.strictObject({
  productId: id,
  categoryIds: z.array(id).max(MAX_CATEGORIES).default([]),
  quantity: z.int().min(1).max(MAX_UNITS),
  amount: money,
});

/**
 * The body of quotes and redemptions. The items' amounts need not add up to the order's (shipping,
 * other discounts): the smaller sum is what a discount is taken off.
 */
export const orderBody = z.strictObject({
  order: z.strictObject({
    id,
    amount: money,
    currency,
    firstOrder: z.boolean().optional(),
    items: z.array(item).max(MAX_ITEMS).optional(),
  }),
}) satisfies z.ZodType<{ readonly order: Order }>;
