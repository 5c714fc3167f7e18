import type { Actor } from '../../domain/audit.ts';
import type { QuarantinedRecord, QuarantineLog } from '../../domain/quarantine-log.ts';
import { MAX_SHOWN_BYTES, MAX_SHOWN_KEY_BYTES } from '../../domain/quarantine-log.ts';
import { appendAudit } from './audit.ts';
import type { Database, Queryable } from './database.ts';

type QuarantineRow = Omit<QuarantinedRecord, 'createdAt' | 'discardedAt'> & {
  createdAt: Date;
  discardedAt: Date | null;
};

const COLUMNS = `id::text, topic, "partition", "offset"::text, reason, detail,
  coupon_id AS "couponId", issuance_id AS "issuanceId",
  substring(key FOR ${MAX_SHOWN_KEY_BYTES}) AS key, substring(value FOR ${MAX_SHOWN_BYTES}) AS value,
  octet_length(value) AS "valueBytes", created_at AS "createdAt",
  discarded_at AS "discardedAt", discarded_by AS "discardedBy"`;

/** The quarantine as rows, for operators. */
export function postgresQuarantineLog(database: Database): QuarantineLog {
  return {
    async listQuarantine({ reason, discarded, limit, after }) {
      const { rows } = await database.query<QuarantineRow>(
        `SELECT ${COLUMNS} FROM quarantine
         WHERE discarded_at IS ${discarded ? 'NOT NULL' : 'NULL'}
           AND ($2::bigint IS NULL OR id < $2) AND ($3::text IS NULL OR reason = $3)
         ORDER BY quarantine.id DESC LIMIT $1`,
        [limit, after ?? null, reason ?? null],
      );
      return rows.map(toRecord);
    },

    discard: (id, actor) => database.transaction((client) => discard(client, id, actor)),
  };
}

async function discard(
  client: Queryable,
  id: string,
  actor: Actor,
): Promise<QuarantinedRecord | undefined> {
  const discarded = await client.query(
    `UPDATE quarantine SET discarded_at = now(), discarded_by = $2
     WHERE id = $1 AND discarded_at IS NULL`,
    [id, actor.id],
  );
  const { rows } = await client.query<QuarantineRow & { knownCouponId: string | null }>(
    `SELECT ${COLUMNS}, (SELECT id FROM coupons WHERE id = coupon_id) AS "knownCouponId"
     FROM quarantine WHERE id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { knownCouponId, ...record } = row;
  if (discarded.rowCount === 1) {
    const { topic, partition, offset, reason } = record;
    await appendAudit(client, {
      actor,
      action: 'quarantine.discarded',
      // A record may name a coupon that there is not.
      couponId: knownCouponId ?? undefined,
      subject: id,
      details: { reason, topic, partition, offset },
    });
  }
  return toRecord(record);
}

function toRecord(row: QuarantineRow): QuarantinedRecord {
  return {
    ...row,
    createdAt: row.createdAt.getTime(),
    discardedAt: row.discardedAt?.getTime() ?? null,
  };
}
