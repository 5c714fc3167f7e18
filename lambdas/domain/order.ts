/** One line of an order. Amounts are integers in the order's currency's minor unit. */
export interface OrderItem {
  readonly productId: string;
  readonly categoryIds: readonly string[];
  readonly quantity: number;
  /** Of the whole line. */
  readonly amount: number;
}

/** What the shop says of the order that a coupon is to be used for. */
export interface Order {
  readonly id: string;
  /** What is to be paid without the coupon. */
  readonly amount: number;
  readonly currency: string;
  readonly firstOrder?: boolean | undefined;
  readonly items?: readonly OrderItem[] | undefined;
}
