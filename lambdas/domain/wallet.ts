import type { RecordedIssuance, RecordedState } from './issuance.ts';

export interface WalletQuery {
  readonly userId: string;
  readonly state?: RecordedState | undefined;
  readonly couponId?: string | undefined;
  readonly limit: number;
  /** Only issuances that come after this one. */
  readonly after?: { readonly acceptedAt: number; readonly id: string } | undefined;
}

/** PostgreSQL, for the issuances of one user. Rejects with LedgerUnavailable. */
export interface Wallet {
  /** The newest first. What is accepted and not yet recorded is not among them. */
  listIssuances(query: WalletQuery): Promise<RecordedIssuance[]>;
}
