import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { allocate } from '../../lambdas/domain/allocation.ts';
import { discountOn } from '../../lambdas/domain/discount.ts';
import type { Quote } from '../../lambdas/domain/quote.ts';
import { quoteOrder } from '../../lambdas/domain/quote.ts';
import {
  MAX_MONEY,
  SEED,
  conditions,
  discount,
  item,
  money,
  order,
} from '../support/order-arbitraries.ts';

const sumOf = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);

describe('whatever the coupon and the order', () => {
  const coupon = fc.record({ discount, conditions });

  it('the parts add up to the discount, and none is negative or more than its line', () => {
    fc.assert(
      fc.property(coupon, order, (given, of) => {
        const quote = quoteOrder(given, of, 0);
        const items = of.items ?? [];
        expect(quote.allocations).toHaveLength(items.length);
        if (items.length > 0) expect(sumOf(quote.allocations)).toBe(quote.discount);
        for (const [index, part] of quote.allocations.entries()) {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(items[index]?.amount ?? -1);
        }
      }),
      SEED,
    );
  });

  it('payable is the amount less the discount, and both are whole and safe', () => {
    fc.assert(
      fc.property(coupon, order, (given, of) => {
        const quote = quoteOrder(given, of, 0);
        expect(quote.payable).toBe(of.amount - quote.discount);
        for (const amount of [quote.discount, quote.payable, ...quote.allocations]) {
          expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
        }
      }),
      SEED,
    );
  });

  it('nothing is taken off where a condition does not hold', () => {
    let refused = 0;
    fc.assert(
      fc.property(coupon, order, (given, of) => {
        const quote = quoteOrder(given, of, 0);
        if (quote.unmet.length === 0) return;
        refused += 1;
        const none: Omit<Quote, 'unmet'> = {
          discount: 0,
          payable: of.amount,
          allocations: (of.items ?? []).map(() => 0),
        };
        expect(quote).toEqual({ ...none, unmet: quote.unmet });
      }),
      SEED,
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('the discount is at most the base, the cap and the exact percentage, and less than a unit below it', () => {
    fc.assert(
      fc.property(discount, order, (given, of) => {
        fc.pre(of.currency === given.currency);
        const quote = quoteOrder({ discount: given, conditions: {} }, of, 0);
        const items = of.items ?? [];
        const lines = sumOf(items.map(({ amount }) => amount));
        const base = items.length === 0 ? of.amount : Math.min(lines, of.amount);
        const cap = given.type === 'percent' ? (given.maxAmount ?? base) : given.amount;
        const limit = BigInt(Math.min(base, cap));
        const hundredfold = 100n * BigInt(quote.discount);
        const exact =
          given.type === 'percent' ? BigInt(base) * BigInt(given.percent) : 100n * limit;
        expect(BigInt(quote.discount) <= limit).toBe(true);
        expect(hundredfold <= exact).toBe(true);
        expect(BigInt(quote.discount) === limit || hundredfold + 100n > exact).toBe(true);
      }),
      SEED,
    );
  });

  it('a larger order never gets a smaller discount, nor is left with less to pay', () => {
    fc.assert(
      fc.property(discount, money, money, (given, one, other) => {
        const [small, large] = one < other ? [one, other] : [other, one];
        expect(discountOn(small, given)).toBeLessThanOrEqual(discountOn(large, given));
        expect(small - discountOn(small, given)).toBeLessThanOrEqual(
          large - discountOn(large, given),
        );
      }),
      SEED,
    );
  });
});

describe('allocation', () => {
  const lines = fc.array(money, { minLength: 1, maxLength: 20 });

  it('gives each line its exact share, less than one unit up or down', () => {
    fc.assert(
      fc.property(lines, money, (amounts, wanted) => {
        const total = sumOf(amounts);
        const sum = Math.min(wanted, total);
        const parts = allocate(sum, amounts);
        expect(sumOf(parts)).toBe(sum);
        for (const [index, part] of parts.entries()) {
          const exact = BigInt(sum) * BigInt(amounts[index] ?? 0);
          const error = BigInt(part) * BigInt(total) - exact;
          expect(total === 0 || (error < BigInt(total) && -error < BigInt(total))).toBe(true);
        }
      }),
      SEED,
    );
  });

  it('rounds up the lines that lose most otherwise, the earlier where two lose the same', () => {
    fc.assert(
      fc.property(lines, money, (amounts, wanted) => {
        const total = sumOf(amounts);
        fc.pre(total > 0);
        const sum = Math.min(wanted, total);
        const judged = allocate(sum, amounts).map((part, index) => {
          const product = BigInt(sum) * BigInt(amounts[index] ?? 0);
          const loss = product % BigInt(total);
          return { loss, index, up: BigInt(part) * BigInt(total) > product };
        });
        for (const up of judged.filter((line) => line.up)) {
          for (const down of judged.filter((line) => !line.up)) {
            const first = up.loss === down.loss ? up.index < down.index : up.loss > down.loss;
            expect(first).toBe(true);
          }
        }
      }),
      SEED,
    );
  });

  it('never gives the later of two equal lines more', () => {
    fc.assert(
      fc.property(money, fc.integer({ min: 2, max: 20 }), money, (amount, count, wanted) => {
        const sum = Math.min(wanted, amount * count);
        const parts = allocate(
          sum,
          Array.from({ length: count }, () => amount),
        );
        expect(parts).toEqual(parts.toSorted((a, b) => b - a));
      }),
      SEED,
    );
  });

  it('is exact for as many and as large lines as the API takes', () => {
    const amounts = Array.from({ length: 500 }, (_, index) => MAX_MONEY - index);
    for (const sum of [1, 499, 500, 501, MAX_MONEY - 1, MAX_MONEY]) {
      expect(sumOf(allocate(sum, amounts))).toBe(sum);
    }
  });

  it('depends on nothing but the lines that count', () => {
    fc.assert(
      fc.property(discount, fc.array(item, { maxLength: 8 }), money, (given, items, amount) => {
        const tea = { products: { include: ['tea'], exclude: [] } };
        const of = { id: 'order-1', amount, currency: 'KRW' };
        const some = items.filter(({ productId }) => productId === 'tea');
        const all = quoteOrder({ discount: given, conditions: tea }, { ...of, items }, 0);
        const few = quoteOrder({ discount: given, conditions: tea }, { ...of, items: some }, 0);
        expect(few.discount).toBe(all.discount);
        expect(few.allocations).toEqual(
          all.allocations.filter((_, index) => items[index]?.productId === 'tea'),
        );
      }),
      SEED,
    );
  });
});
