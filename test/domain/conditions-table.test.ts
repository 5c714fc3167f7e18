import { describe, expect, it, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { quoteOrder } from '../../lambdas/domain/quote.ts';
import {
  NOTHING,
  amountOf,
  codesOf,
  couponOf,
  instantOf,
  moneyOf,
  orderOf,
  partsOf,
} from '../support/example-notation.ts';
import type { ExampleRow } from '../support/example-tables.ts';
import { readExamples } from '../support/example-tables.ts';

const COLUMNS = ['case', 'coupon', 'order', 'when', 'discount', 'payable', 'parts', 'fails'];
const NEEDED = ['case', 'coupon', 'order', 'discount', 'payable', 'fails'];

const document = readFileSync(new URL('../../docs/conditions.md', import.meta.url), 'utf8');
const rows = readExamples(document, COLUMNS, NEEDED);

/** What the row says and what the system says, in the same shape. */
function judge({ cells }: ExampleRow): { readonly expected: unknown; readonly actual: unknown } {
  const cell = (column: string): string => cells[column] ?? NOTHING;
  const coupon = couponOf(cell('coupon'));
  const order = orderOf(cell('order'));
  const { weekdays, hours } = coupon.conditions;
  if (cell('when') === NOTHING && (weekdays ?? hours)) throw new Error('when is not said');
  const at = cell('when') === NOTHING ? 0 : instantOf(cell('when'));
  const discount = moneyOf(cell('discount'));
  const payable = moneyOf(cell('payable'));
  const quote = quoteOrder(coupon, order, at);
  return {
    expected: {
      discount,
      payable,
      parts: partsOf(cell('parts'), order.currency),
      fails: codesOf(cell('fails')),
    },
    actual: {
      discount: { amount: quote.discount, currency: order.currency },
      payable: { amount: quote.payable, currency: order.currency },
      parts: quote.allocations,
      fails: quote.unmet.map(({ code }) => code),
    },
  };
}

const named = rows.map((row) => ({ name: row.cells['case'] ?? '', row }));

describe('docs/conditions.md', () => {
  it.each(named)('$row.section: $name', ({ row }) => {
    const { expected, actual } = judge(row);
    expect(actual).toEqual(expected);
  });

  it('has no section without examples, and every code among them', () => {
    const headings = [...document.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const withRows = new Set(rows.map(({ section }) => section));
    expect([...withRows]).toEqual(headings.filter((heading) => heading !== 'How to read a row'));
    expect(rows.length).toBeGreaterThan(100);
    const codes = new Set(rows.flatMap(({ cells }) => codesOf(cells['fails'] ?? '')));
    expect([...codes].toSorted()).toEqual([
      'categories',
      'currency',
      'first_order_only',
      'hours',
      'min_order_amount',
      'products',
      'weekdays',
    ]);
    expect(new Set(named.map(({ name }) => name)).size).toBe(rows.length);
  });
});

test.each([
  ['a discount', () => couponOf('5,000 KRW')],
  ['a percentage without a currency', () => couponOf('15 % off')],
  ['a condition', () => couponOf('5,000 KRW off; on holidays')],
  ['a weekday', () => couponOf('5,000 KRW off; on someday')],
  ['a condition said twice', () => couponOf('5,000 KRW off; on sat; on sun')],
  ['a list said twice', () => couponOf('5,000 KRW off; no products a; no products b')],
  ['a minimum in another currency', () => couponOf('5,000 KRW off; orders from 1.00 USD')],
  ['an order', () => orderOf('30,000 KRW, second order')],
  ['a line', () => orderOf('30,000 KRW: tea')],
  ['money', () => moneyOf('30,000 KRW each')],
  ['a currency', () => amountOf('1.00', 'XYZ')],
  ['too few digits', () => amountOf('1.0', 'USD')],
  ['digits that are too many', () => amountOf('1.00', 'KRW')],
  ['thousands without a comma', () => amountOf('1000', 'KRW')],
  ['an empty cell', () => codesOf('')],
  ['a code', () => codesOf('hours')],
  ['a part', () => partsOf('1, 2', 'KRW')],
  ['a time', () => instantOf('2026-11-27 09:00')],
  ['the wrong weekday', () => instantOf('Thu 2026-11-27 09:00 +09:00')],
  ['a day that there is not', () => instantOf('Mon 2026-02-30 09:00 +09:00')],
])('the notation refuses %s', (_, read) => {
  expect(read).toThrow();
});

test.each([
  ['a line with a bar outside of a table', 'this | that'],
  ['an unknown column', '| case | colour |\n| --- | --- |\n| a | b |'],
  ['a missing column', '| case |\n| --- |\n| a |'],
  ['columns out of order', '| fails | case |\n| --- | --- |\n| a | b |'],
  ['a row that is too short', '| case | fails |\n| --- | --- |\n| a |'],
  ['a table without its rule', '| case | fails |\n| a | b |'],
])('the tables refuse %s', (_, text) => {
  expect(() => readExamples(text, ['case', 'fails'], ['case', 'fails'])).toThrow('line');
});
