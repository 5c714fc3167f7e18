/** What a redemption takes off an order. Amounts are integers in the currency's minor unit. */
export type Discount =
  | { readonly type: 'amount'; readonly amount: number; readonly currency: string }
  | {
      readonly type: 'percent';
      readonly percent: number;
      readonly maxAmount?: number | undefined;
      readonly currency: string;
    };
