import type { NewRedemption } from '../../domain/redemption-ledger.ts';
import type { Redemption } from '../../domain/redemption.ts';
import type { Queryable } from './database.ts';
import { sqlState } from './database.ts';
import { channelsInSql } from './insert-notifications.ts';
import type { RedemptionRow } from './redemption-rows.ts';
import { NOW, TO_BE_HAD, toRedemption } from './redemption-rows.ts';

/**
 * A decision this old is made anew: weekdays and hours may have passed since. Longer than two
 * statements take (1 s each, with a wait for a connection); only who was frozen takes as long.
 */
const DECISION_LASTS = `interval '5 seconds'`;

/** Redeems in one statement; the redemption exists exactly if the issuance was to be had. */
export async function redeem(
  client: Queryable,
  redemption: NewRedemption,
): Promise<Redemption | undefined> {
  try {
    const { rows } = await client.query<RedemptionRow>(REDEEM, [
      redemption.issuanceId,
      redemption.orderId,
      redemption.ownerId ?? null,
      new Date(redemption.decidedAt),
      redemption.id,
      redemption.discount,
      redemption.payable,
      redemption.currency,
      JSON.stringify(redemption.allocations),
      redemption.redeemedBy ?? null,
      redemption.requestId,
    ]);
    return rows[0] && toRedemption(rows[0]);
  } catch (error) {
    // The order redeemed it before, and was rolled back since the decision.
    if (sqlState(error) === UNIQUE_VIOLATION) return undefined;
    throw error;
  }
}

const UNIQUE_VIOLATION = '23505';

const REDEEM = `
  WITH redeemed AS (
    UPDATE issuances SET state = 'redeemed', hold_order = NULL, held_until = NULL
    WHERE id = $1 AND ${TO_BE_HAD}
      AND ($3::text IS NULL OR user_id = $3)
      AND clock_timestamp() < $4::timestamptz + ${DECISION_LASTS}
    RETURNING id, coupon_id),
  told AS (
    INSERT INTO notifications (event, channel, subject, coupon_id, issuance_id, redemption_id,
      request_id)
    SELECT 'redeemed', channel, $5, coupon_id, redeemed.id, $5, $11
    FROM redeemed JOIN coupons ON coupons.id = coupon_id, ${channelsInSql('redeemed')} AS channel)
  INSERT INTO redemptions (id, issuance_id, coupon_id, order_id, discount, payable, currency,
    allocations, redeemed_at, redeemed_by)
  SELECT $5, id, coupon_id, $2, $6, $7, $8, $9, ${NOW}, $10 FROM redeemed
  RETURNING id, issuance_id, order_id, discount, payable, currency, allocations, redeemed_at,
    NULL::timestamptz AS rolled_back_at`;
