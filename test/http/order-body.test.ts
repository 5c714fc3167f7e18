import { describe, expect, it } from '@jest/globals';
import { orderBody } from '../../lambdas/api/order.ts';

const ITEM = { productId: 'tea', categoryIds: ['drinks'], quantity: 2, amount: 8_000 };
const ORDER = {
  id: 'order-1',
  amount: 8_000,
  currency: 'KRW',
  firstOrder: false,
  items: [ITEM],
};
const MAX_MONEY = 1_000_000_000_000;

const withOrder = (changes: object): object => ({ order: { ...ORDER, ...changes } });
const withItem = (changes: object): object => withOrder({ items: [{ ...ITEM, ...changes }] });

describe('the body of a quote', () => {
  it('is read as it is', () => {
    expect(orderBody.parse({ order: ORDER })).toEqual({ order: ORDER });
  });

  it('needs an id, an amount and a currency; an item is in no category unless it says so', () => {
    const { id, amount, currency } = ORDER;
    expect(orderBody.parse({ order: { id, amount, currency } }).order).toEqual({
      id,
      amount,
      currency,
    });
    const { categoryIds, ...item } = ITEM;
    expect(orderBody.parse(withOrder({ items: [item] })).order.items).toEqual([
      { ...item, categoryIds: [] },
    ]);
  });

  it.each<[string, object]>([
    ['an amount of nothing', withOrder({ amount: 0 })],
    ['the largest amount', withOrder({ amount: MAX_MONEY })],
    ['an empty list of items', withOrder({ items: [] })],
    ['500 items', withOrder({ items: Array.from({ length: 500 }, () => ITEM) })],
    ['items that are less than the order', withItem({ amount: 1 })],
    ['items that are more than the order', withItem({ amount: MAX_MONEY })],
    ['an item that costs nothing', withItem({ amount: 0 })],
    ['a million units', withItem({ quantity: 1_000_000 })],
    ['50 categories', withItem({ categoryIds: Array.from({ length: 50 }, () => 'c') })],
    ['an id of 200 emoji', withOrder({ id: '🎟'.repeat(200) })],
    ['an id of 200 Hangul', withItem({ productId: '쿠'.repeat(200) })],
    [
      'a number written with a fraction of zero',
      JSON.parse('{"order":{"id":"o","amount":5.0e1,"currency":"KRW"}}') as object,
    ],
  ])('may have %s', (_, body) => {
    expect(orderBody.safeParse(body).error).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a list', [], ''],
    ['no order', {}, 'order'],
    ['a field beside the order', { order: ORDER, code: 'x' }, ''],
    ['a field that there is not', withOrder({ total: 1 }), 'order'],
    ['a field of an item that there is not', withItem({ price: 1 }), 'order.items.0'],
    ['no id', withOrder({ id: undefined }), 'order.id'],
    ['an empty id', withOrder({ id: '' }), 'order.id'],
    ['an id of 201 characters', withOrder({ id: 'x'.repeat(201) }), 'order.id'],
    ['an id of 201 emoji', withOrder({ id: '🎟'.repeat(201) }), 'order.id'],
    ['a NUL in its id', withOrder({ id: 'a\u0000' }), 'order.id'],
    ['half a surrogate pair in its id', withOrder({ id: '\ud83c' }), 'order.id'],
    ['an id that is a number', withOrder({ id: 1 }), 'order.id'],
    ['no amount', withOrder({ amount: undefined }), 'order.amount'],
    ['a negative amount', withOrder({ amount: -1 }), 'order.amount'],
    ['a fraction of a unit', withOrder({ amount: 0.5 }), 'order.amount'],
    ['an amount as text', withOrder({ amount: '1' }), 'order.amount'],
    ['an amount above the largest', withOrder({ amount: MAX_MONEY + 1 }), 'order.amount'],
    ['a currency in small letters', withOrder({ currency: 'krw' }), 'order.currency'],
    ['a currency of four letters', withOrder({ currency: 'KRWS' }), 'order.currency'],
    ['a currency and a line break', withOrder({ currency: 'KRW\n' }), 'order.currency'],
    ['firstOrder as text', withOrder({ firstOrder: 'true' }), 'order.firstOrder'],
    ['firstOrder of null', withOrder({ firstOrder: null }), 'order.firstOrder'],
    ['items of null', withOrder({ items: null }), 'order.items'],
    ['501 items', withOrder({ items: Array.from({ length: 501 }, () => ITEM) }), 'order.items'],
    ['an item without a product', withItem({ productId: undefined }), 'order.items.0.productId'],
    ['an empty product', withItem({ productId: '' }), 'order.items.0.productId'],
    ['a NUL in a product', withItem({ productId: '\u0000' }), 'order.items.0.productId'],
    ['a NUL in a category', withItem({ categoryIds: ['a\u0000'] }), 'order.items.0.categoryIds.0'],
    ['an empty category', withItem({ categoryIds: [''] }), 'order.items.0.categoryIds.0'],
    [
      '51 categories',
      withItem({ categoryIds: Array.from({ length: 51 }, () => 'c') }),
      'order.items.0.categoryIds',
    ],
    ['no unit', withItem({ quantity: 0 }), 'order.items.0.quantity'],
    ['half a unit', withItem({ quantity: 0.5 }), 'order.items.0.quantity'],
    ['too many units', withItem({ quantity: 1_000_001 }), 'order.items.0.quantity'],
    ['a negative item', withItem({ amount: -1 }), 'order.items.0.amount'],
    ['an item above the largest', withItem({ amount: MAX_MONEY + 1 }), 'order.items.0.amount'],
  ])('may not have %s', (_, body, path) => {
    const issues = orderBody.safeParse(body).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
