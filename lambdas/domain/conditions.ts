export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface Selection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Conditions of use: what must hold of an order for an issuance to be redeemed by it. */
export interface Conditions {
  /** In the currency's minor unit. */
  readonly minOrderAmount?: number | undefined;
  readonly products?: Selection | undefined;
  readonly categories?: Selection | undefined;
  readonly firstOrderOnly?: boolean | undefined;
  readonly weekdays?: readonly Weekday[] | undefined;
  /** IANA time zone of the weekdays where there are no hours; UTC unless told. */
  readonly timeZone?: string | undefined;
  /**
   * Wall-clock times `HH:MM` in an IANA time zone; `until` is exclusive. Over midnight where it is
   * before `from` (the weekday is then the one on which it began), all day where they are the same.
   */
  readonly hours?:
    { readonly from: string; readonly until: string; readonly timeZone: string } | undefined;
}

/** Whether anything is asked at all. */
export function isSelective(selection: Selection | undefined): selection is Selection {
  return selection !== undefined && selection.include.length + selection.exclude.length > 0;
}

/** Whether anything at all is asked of an order. */
export function hasConditions(conditions: Conditions): boolean {
  const { minOrderAmount, products, categories, firstOrderOnly, weekdays, hours } = conditions;
  return (
    (minOrderAmount ?? 0) > 0 ||
    isSelective(products) ||
    isSelective(categories) ||
    firstOrderOnly === true ||
    weekdays !== undefined ||
    hours !== undefined
  );
}
