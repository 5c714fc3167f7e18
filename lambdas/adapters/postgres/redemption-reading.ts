import type { Conditions } from '../../domain/conditions.ts';
import type { Discount } from '../../domain/discount.ts';
import type { IssuanceKey, OrderReading } from '../../domain/redemption-ledger.ts';
import type { Redemption } from '../../domain/redemption.ts';
import type { Queryable } from './database.ts';
import type { IssuanceRow } from './issuance-rows.ts';
import { ISSUANCE_COLUMNS, ISSUANCES, toIssuance } from './issuance-rows.ts';
import type { RedemptionRow } from './redemption-rows.ts';
import { toRedemption } from './redemption-rows.ts';

type ReadingRow = IssuanceRow &
  Omit<RedemptionRow, 'id' | 'issuance_id'> & {
    coupon_conditions: Conditions;
    coupon_discount: Discount;
    self_redeem: boolean;
    /** Null, as the other columns of a redemption are, where the order has none. */
    redemption_id: string | null;
  };

/** In one statement: what is read belongs together. */
export async function readForOrder(
  client: Queryable,
  key: IssuanceKey,
  orderId: string,
): Promise<OrderReading | undefined> {
  const { rows } = await client.query<ReadingRow>('code' in key ? READ_BY_CODE : READ_BY_ID, [
    'code' in key ? key.code : key.issuanceId,
    orderId,
  ]);
  return rows[0] && toReading(rows[0]);
}

const READ = `
  SELECT ${ISSUANCE_COLUMNS}, coupons.conditions AS coupon_conditions,
    coupons.discount AS coupon_discount, coupons.self_redeem, of_order.id AS redemption_id,
    of_order.order_id, of_order.discount, of_order.payable, of_order.currency,
    of_order.allocations, of_order.redeemed_at, rolled_back_at
  FROM ${ISSUANCES}
  JOIN coupons ON coupons.id = issuances.coupon_id
  LEFT JOIN redemptions AS of_order
    ON of_order.issuance_id = issuances.id AND of_order.order_id = $2
  LEFT JOIN redemption_rollbacks ON redemption_id = of_order.id`;
const READ_BY_ID = `${READ} WHERE issuances.id = $1`;
const READ_BY_CODE = `${READ} WHERE issuances.code = $1`;

function toReading(row: ReadingRow): OrderReading {
  return {
    issuance: toIssuance(row),
    coupon: {
      conditions: row.coupon_conditions,
      discount: row.coupon_discount,
      selfRedeem: row.self_redeem,
    },
    ofOrder: toRedemptionOfOrder(row),
    readAt: row.read_at.getTime(),
  };
}

function toRedemptionOfOrder(row: ReadingRow): Redemption | undefined {
  const { redemption_id, id } = row;
  return redemption_id === null
    ? undefined
    : toRedemption({ ...row, id: redemption_id, issuance_id: id });
}
