import type { ExportedIssuance, ExportLedger } from '../../domain/export.ts';
import { appendAudit } from './audit.ts';
import type { Database } from './database.ts';

type ExportRow = Omit<ExportedIssuance, 'acceptedAt' | 'issuedAt' | 'validFrom' | 'validUntil'> & {
  acceptedAt: Date;
  issuedAt: Date;
  validFrom: Date;
  validUntil: Date;
};

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

/** The state at the database's clock; nothing is written when an issuance expires. */
const PRESENT_STATE = `CASE WHEN state = 'issued' AND valid_until <= now() THEN 'expired' ELSE state END`;

// The index has the sequence alone; of each the few with the same are sorted by their ids.
const LIST = `
  SELECT id, user_id AS "userId", ${PRESENT_STATE} AS state,
    sequence, accepted_at AS "acceptedAt", issued_at AS "issuedAt", valid_from AS "validFrom",
    valid_until AS "validUntil"
  FROM issuances WHERE coupon_id = $1 AND (sequence, id) > ($2, $3)
  ORDER BY sequence, id LIMIT $4`;

function toIssuance(row: ExportRow): ExportedIssuance {
  return {
    ...row,
    acceptedAt: row.acceptedAt.getTime(),
    issuedAt: row.issuedAt.getTime(),
    validFrom: row.validFrom.getTime(),
    validUntil: row.validUntil.getTime(),
  };
}
