/** The one use of an issuance by an order. Amounts are integers in the currency's minor unit. */
export interface Redemption {
  readonly id: string;
  readonly issuanceId: string;
  readonly orderId: string;
  readonly discount: number;
  /** What was left to pay of the order. */
  readonly payable: number;
  readonly currency: string;
  /** What each of the order's items bears of the discount, in their order. */
  readonly allocations: readonly number[];
  /** By the database's clock, milliseconds since 1970 (UTC). */
  readonly redeemedAt: number;
  /** Undefined while it is live. */
  readonly rolledBackAt: number | undefined;
}

const REDEMPTION_ID = /^[A-Za-z0-9_-]{22}$/;

export function isRedemptionId(text: string): boolean {
  return REDEMPTION_ID.test(text);
}

const CODE = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/**
 * A code as it is stored, of one that somebody typed: in small letters or those of an Asian
 * keyboard, with blanks and hyphens, and with I, L and O, which no code has, for 1 and 0.
 * Undefined for what can be no code.
 */
export function readCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .replaceAll(/[\s\p{Dash_Punctuation}]/gu, '')
    .toUpperCase()
    .replaceAll(/[IL]/g, '1')
    .replaceAll('O', '0');
  return CODE.test(code) ? code : undefined;
}
