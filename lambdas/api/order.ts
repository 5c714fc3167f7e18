import * as z from 'zod';
import type { Order } from '../domain/order.ts';
import { currency, money, text } from './fields.ts';

const MAX_ITEMS = 500;
const id = text(1, 200);

const item = z.strictObject({
  productId: id,
  categoryIds: z.array(id).max(50).default([]),
  quantity: z.int().min(1).max(1_000_000),
  amount: money,
});

export const orderBody = z.strictObject({
  order: z.strictObject({
    id,
    amount: money,
    currency,
    firstOrder: z.boolean().optional(),
    items: z.array(item).max(MAX_ITEMS).optional(),
  }),
}) satisfies z.ZodType<{ readonly order: Order }>;
