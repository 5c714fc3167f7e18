import type { ExportedIssuance, ExportLedger } from '../../domain/export.ts';
import { appendAudit } from './audit.ts';
import type { Database } from './database.ts';

type TimeField = 'acceptedAt' | 'issuedAt' | 'validFrom' | 'validUntil';

type ExportRow = Omit<ExportedIssuance, TimeField | 'redeemedAt'> &
  Record<TimeField, Date> & { redeemedAt: Date | null };

/** The issuances as rows, for exports of a coupon. */
export function postgresExportLedger(database: Database): ExportLedger {
  return {
    beginExport: (couponId, actor, details) =>
      database.transaction(async (client) => {
        const { rowCount } = await client.query('SELECT FROM coupons WHERE id = $1', [couponId]);
        if (rowCount === 0) return undefined;
        return appendAudit(client, { actor, action: 'issuances.exported', couponId, details });
      }),

    async hasBegun(exportId, couponId, actor) {
      const { rowCount } = await database.query(
        `SELECT FROM audit
         WHERE id = $1 AND coupon_id = $2 AND actor = $3 AND action = 'issuances.exported'`,
        [exportId, couponId, actor.id],
      );
      return rowCount === 1;
    },

    async listIssuances({ couponId, limit, after }) {
      const { rows } = await database.query<ExportRow>(LIST, [
        couponId,
        after?.sequence ?? 0,
        after?.id ?? '',
        limit,
      ]);
      return rows.map(toIssuance);
    },
  };
}

/** The state at the database's clock: nothing is written when a hold lapses or an issuance expires. */
const PRESENT_STATE = `CASE
    WHEN state IN ('issued', 'held') AND valid_until <= now() THEN 'expired'
    WHEN state = 'held' AND held_until <= now() THEN 'issued'
    ELSE state END`;

// The index has the sequence alone; of each the few with the same are sorted by their ids. Joined
// side by side: else one page of many would read all redemptions there are.
const LIST = `
  SELECT page.id, user_id AS "userId", ${PRESENT_STATE} AS state,
    sequence, accepted_at AS "acceptedAt", issued_at AS "issuedAt", valid_from AS "validFrom",
    valid_until AS "validUntil", live.order_id AS "orderId", live.redeemed_at AS "redeemedAt"
  FROM (
    SELECT * FROM issuances WHERE coupon_id = $1 AND (sequence, id) > ($2, $3)
    ORDER BY sequence, id LIMIT $4
  ) AS page
  LEFT JOIN LATERAL (
    SELECT order_id, redeemed_at FROM redemptions
    WHERE issuance_id = page.id AND redemptions.live LIMIT 1
  ) AS live ON true
  ORDER BY sequence, page.id`;

function toIssuance(row: ExportRow): ExportedIssuance {
  return {
    ...row,
    acceptedAt: row.acceptedAt.getTime(),
    issuedAt: row.issuedAt.getTime(),
    validFrom: row.validFrom.getTime(),
    validUntil: row.validUntil.getTime(),
    redeemedAt: row.redeemedAt?.getTime() ?? null,
  };
}
