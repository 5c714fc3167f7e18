import type { Actor } from '../../domain/audit.ts';
import { couponIdOf } from '../../domain/issuance.ts';
import type { Redemption } from '../../domain/redemption.ts';
import { appendAudit } from './audit.ts';
import type { Database, Queryable } from './database.ts';
import type { RedemptionRow } from './redemption-rows.ts';
import { NOW, toRedemption } from './redemption-rows.ts';
import { tellOfRollback } from './tell-of-rollback.ts';

/** The first of several at once undoes it; all of them are told when that was. */
export async function rollBack(
  database: Database,
  redemptionId: string,
  actor: Actor,
): Promise<Redemption | undefined> {
  return database.transaction(async (client) => {
    const { rowCount } = await client.query(ROLL_BACK, [redemptionId, actor.id]);
    const redemption = await find(client, redemptionId);
    if (rowCount === 1 && redemption !== undefined) {
      const { issuanceId, orderId } = redemption;
      await appendAudit(client, {
        actor,
        action: 'redemption.rolled_back',
        couponId: couponIdOf(issuanceId),
        subject: redemptionId,
        details: { issuanceId, orderId },
      });
      await tellOfRollback(client, issuanceId, redemptionId, actor.requestId);
    }
    return redemption;
  });
}

/**
 * The redemption's own row decides, and is locked first: by the issuance's alone, a rollback that
 * waited for another one would free what a later order has redeemed in the meantime.
 */
const ROLL_BACK = `
  WITH ended AS (
    UPDATE redemptions SET live = false WHERE id = $1 AND live RETURNING id, issuance_id),
  freed AS (
    UPDATE issuances SET state = 'issued' FROM ended
    WHERE issuances.id = ended.issuance_id AND state = 'redeemed')
  INSERT INTO redemption_rollbacks (redemption_id, rolled_back_at, rolled_back_by)
  SELECT id, ${NOW}, $2 FROM ended`;

async function find(client: Queryable, id: string): Promise<Redemption | undefined> {
  const { rows } = await client.query<RedemptionRow>(
    `SELECT id, issuance_id, order_id, discount, payable, currency, allocations, redeemed_at,
       rolled_back_at
     FROM redemptions LEFT JOIN redemption_rollbacks ON redemption_id = id WHERE id = $1`,
    [id],
  );
  return rows[0] && toRedemption(rows[0]);
}
