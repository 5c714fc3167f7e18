import type { Conditions, Selection } from './conditions.ts';
import { isSelective } from './conditions.ts';
import type { OrderItem } from './order.ts';

type ItemTest = (item: OrderItem) => boolean;

type Selections = Pick<Conditions, 'products' | 'categories'>;

/** Whether an item is one that the coupon is for. */
export function isEligible(selections: Selections): ItemTest {
  const [byProduct, byCategory] = itemTests(selections);
  return (item) => byProduct(item) && byCategory(item);
}

/**
 * The selections that leave nothing of the order, as far as the order shows it: without items, all
 * there are. Where each leaves something and both together nothing, both fail.
 */
export function failedSelections(
  selections: Selections,
  items: readonly OrderItem[],
): readonly ('products' | 'categories')[] {
  const { products, categories } = selections;
  if (!isSelective(products) && !isSelective(categories)) return [];
  if (items.some(isEligible(selections))) return [];
  const [byProduct, byCategory] = itemTests(selections);
  const noProduct = isSelective(products) && !items.some(byProduct);
  const noCategory = isSelective(categories) && !items.some(byCategory);
  if (noProduct === noCategory) return ['products', 'categories'];
  return noProduct ? ['products'] : ['categories'];
}

function itemTests({ products, categories }: Selections): readonly [ItemTest, ItemTest] {
  const product = selects(products);
  const category = selects(categories);
  return [({ productId }) => product([productId]), ({ categoryIds }) => category(categoryIds)];
}

function selects(selection: Selection | undefined): (ids: readonly string[]) => boolean {
  const include = new Set(selection?.include);
  const exclude = new Set(selection?.exclude);
  return (ids) =>
    (include.size === 0 || ids.some((id) => include.has(id))) && !ids.some((id) => exclude.has(id));
}
