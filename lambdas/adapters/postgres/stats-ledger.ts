import type { StatsLedger } from '../../domain/coupon-stats.ts';
import type { CouponRow } from './coupon-rows.ts';
import { COUPON_COLUMNS, toReading } from './coupon-rows.ts';
import type { Database } from './database.ts';

interface StatsRow extends CouponRow {
  as_of: Date;
  usable: number;
  redeemed: number;
  revoked: number;
  expired: number;
  held: number;
}

/** A coupon's figures from the counts, in one statement and therefore of one moment. */
export function postgresStatsLedger(database: Database): StatsLedger {
  return {
    async readStats(couponId) {
      const { rows } = await database.query<StatsRow>(READ, [couponId]);
      const [row] = rows;
      if (row === undefined) return undefined;
      const { usable, held, redeemed, expired, revoked } = row;
      return {
        reading: toReading({ ...row, read_at: row.as_of }),
        // A hold ends with the validity at the latest, so what is held has not expired.
        counts: { issued: usable - expired - held, held, redeemed, expired, revoked },
      };
    },
  };
}

// What has expired: the hours that are past, and of this one the seconds that are. Only what is
// held has an end of its hold.
const READ = `
  SELECT ${COUPON_COLUMNS}, as_of, usable, redeemed, revoked, held,
    expired_before + expired_since AS expired
  FROM coupons,
    (SELECT date_trunc('second', now()) AS as_of, date_bin('1 hour', now(), 'epoch') AS hour)
      AS moment,
    LATERAL (
      SELECT coalesce(sum(usable), 0)::int AS usable, coalesce(sum(redeemed), 0)::int AS redeemed,
        coalesce(sum(revoked), 0)::int AS revoked,
        coalesce(sum(usable) FILTER (WHERE until <= hour), 0)::int AS expired_before
      FROM issuance_counts WHERE coupon_id = coupons.id AND seconds = 3600) AS hours,
    LATERAL (
      SELECT coalesce(sum(usable), 0)::int AS expired_since FROM issuance_counts
      WHERE coupon_id = coupons.id AND seconds = 1 AND until > hour AND until <= as_of) AS this_hour,
    LATERAL (
      SELECT count(*)::int AS held FROM issuances
      WHERE coupon_id = coupons.id AND held_until > as_of) AS holds
  WHERE id = $1`;
