import type { Queryable } from './database.ts';
import { NOW, TO_BE_HAD } from './redemption-rows.ts';

/** Returns the hold's end, milliseconds since 1970. */
export async function hold(
  client: Queryable,
  issuanceId: string,
  orderId: string,
  minutes: number,
): Promise<number | undefined> {
  const { rows } = await client.query<{ held_until: Date }>(HOLD, [issuanceId, orderId, minutes]);
  return rows[0]?.held_until.getTime();
}

/** Not for an order that was rolled back: it could never redeem, only keep others from it. */
const HOLD = `
  UPDATE issuances SET state = 'held', hold_order = $2,
    held_until = least(${NOW} + $3::int * interval '1 minute', valid_until)
  WHERE id = $1 AND ${TO_BE_HAD}
    AND NOT EXISTS (SELECT FROM redemptions WHERE issuance_id = $1 AND order_id = $2)
  RETURNING held_until`;

export async function releaseHold(
  client: Queryable,
  issuanceId: string,
  orderId: string,
): Promise<boolean> {
  const { rowCount } = await client.query(RELEASE, [issuanceId, orderId]);
  return rowCount === 1;
}

const RELEASE = `
  UPDATE issuances SET state = 'issued', hold_order = NULL, held_until = NULL
  WHERE id = $1 AND state = 'held' AND hold_order = $2 AND held_until > clock_timestamp()`;
