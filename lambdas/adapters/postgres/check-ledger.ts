import type { CheckLedger, CouponUnits } from '../../domain/ledger-check.ts';
import type { Database } from './database.ts';

/** More wait for nobody: it says that there are very many. */
const MAX_COUNTED = 10_000;

/** Figures of the coupons that are claimed, from the counts: no row of an issuance is read. */
export function postgresCheckLedger(database: Database): CheckLedger {
  return {
    async readUnits(endedMs) {
      const { rows } = await database.query<CouponUnits>(UNITS, [endedMs]);
      return rows;
    },

    async quarantinedIds(couponId, most) {
      const { rows } = await database.query<{ id: string }>(QUARANTINED, [couponId, most]);
      return rows.map(({ id }) => id);
    },

    async countQuarantine() {
      const { rows } = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM (
           SELECT FROM quarantine WHERE discarded_at IS NULL LIMIT ${MAX_COUNTED}) AS waiting`,
      );
      return rows[0]?.count ?? 0;
    },
  };
}

const UNITS = `
  SELECT id AS "couponId", quantity, epoch, version, issued, rows,
    control = 'active' AND issue_ends_at > now() AS "isOpen"
  FROM coupons, LATERAL (
    SELECT coalesce(sum(usable + redeemed + revoked), 0)::int AS rows
    FROM issuance_counts WHERE coupon_id = coupons.id AND seconds = 3600) AS counted
  WHERE issue_starts_at <= now() AND issue_ends_at > now() - $1 * interval '1 millisecond'
  ORDER BY id`;

// Asked only where units are missing.
const QUARANTINED = `
  SELECT DISTINCT issuance_id AS id FROM quarantine
  WHERE coupon_id = $1 AND issuance_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM issuances WHERE issuances.id = issuance_id)
  LIMIT $2`;
