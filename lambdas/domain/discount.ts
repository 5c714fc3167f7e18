/** What a redemption takes off an order. Amounts are integers in the currency's minor unit. */
export type Discount =
  | { readonly type: 'amount'; readonly amount: number; readonly currency: string }
  | {
      readonly type: 'percent';
      readonly percent: number;
      readonly maxAmount?: number | undefined;
      readonly currency: string;
    };

/** What it takes off `base`: whole minor units, rounded down, and never more than the base. */
export function discountOn(base: number, discount: Discount): number {
  if (discount.type === 'amount') return Math.min(discount.amount, base);
  const exact = Number((BigInt(base) * BigInt(discount.percent)) / 100n);
  return Math.min(exact, discount.maxAmount ?? base, base);
}
