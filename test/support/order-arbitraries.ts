import * as fc from 'fast-check';
import type { Conditions } from '../../lambdas/domain/conditions.ts';
import type { Discount } from '../../lambdas/domain/discount.ts';
import type { Order, OrderItem } from '../../lambdas/domain/order.ts';

/** The largest amount that the API takes. */
export const MAX_MONEY = 1_000_000_000_000;

/** Small ones, in which rounding shows, and large ones, in which lost bits do. */
export const money: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: MAX_MONEY }),
  fc.integer({ min: MAX_MONEY - 100, max: MAX_MONEY }),
);

const positiveMoney = money.map((amount) => Math.max(1, amount));

export const discount: fc.Arbitrary<Discount> = fc.oneof(
  fc.record({
    type: fc.constant('amount' as const),
    amount: positiveMoney,
    currency: fc.constant('KRW'),
  }),
  fc.record(
    {
      type: fc.constant('percent' as const),
      percent: fc.integer({ min: 1, max: 100 }),
      maxAmount: positiveMoney,
      currency: fc.constant('KRW'),
    },
    { requiredKeys: ['type', 'percent', 'currency'] },
  ),
);

const PRODUCTS = ['tea', 'cups', 'cake', 'gift card'];
const CATEGORIES = ['drinks', 'food', 'sale'];

export const item: fc.Arbitrary<OrderItem> = fc.record({
  productId: fc.constantFrom(...PRODUCTS),
  categoryIds: fc.subarray(CATEGORIES),
  quantity: fc.integer({ min: 1, max: 1_000_000 }),
  amount: money,
});

export const order: fc.Arbitrary<Order> = fc.record(
  {
    id: fc.constant('order-1'),
    amount: money,
    currency: fc.constantFrom('KRW', 'KRW', 'KRW', 'USD'),
    firstOrder: fc.boolean(),
    items: fc.array(item, { maxLength: 12 }),
  },
  { requiredKeys: ['id', 'amount', 'currency'] },
);

const selection = (names: readonly string[]) =>
  fc.record({
    include: fc.subarray([...names]),
    exclude: fc.subarray([...names], { maxLength: 1 }),
  });

export const conditions: fc.Arbitrary<Conditions> = fc.record(
  {
    minOrderAmount: money,
    products: selection(PRODUCTS),
    categories: selection(CATEGORIES),
    firstOrderOnly: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** The same cases in every run. */
export const SEED = { seed: 20_261_127, numRuns: 2_000 } as const;
