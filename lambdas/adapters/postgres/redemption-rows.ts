import type { Redemption } from '../../domain/redemption.ts';

export interface RedemptionRow {
  id: string;
  issuance_id: string;
  order_id: string;
  /** The driver gives 64 bits as text. */
  discount: string;
  payable: string;
  currency: string;
  allocations: number[];
  redeemed_at: Date;
  rolled_back_at: Date | null;
}

export function toRedemption(row: RedemptionRow): Redemption {
  return {
    id: row.id,
    issuanceId: row.issuance_id,
    orderId: row.order_id,
    discount: Number(row.discount),
    payable: Number(row.payable),
    currency: row.currency,
    allocations: row.allocations,
    redeemedAt: row.redeemed_at.getTime(),
    rolledBackAt: row.rolled_back_at?.getTime(),
  };
}

/**
 * That the order ($2) may have the row, by the database's clock at the moment the row is written:
 * also after a wait for somebody else's write of it.
 */
export const TO_BE_HAD = `(state = 'issued'
    OR (state = 'held' AND (hold_order = $2 OR held_until <= clock_timestamp())))
  AND valid_from <= clock_timestamp() AND valid_until > clock_timestamp()`;

/** Times are kept in milliseconds: an answer names the row's time exactly. */
export const NOW = `date_trunc('milliseconds', clock_timestamp())`;
