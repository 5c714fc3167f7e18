import type { Client } from 'pg';

/** One coupon that nearly everybody got, and many that a few got. */
export const BIG_COUPON = 'bigcouponbig';
const BIG_ROWS = 900_000;
const SMALL_COUPONS = 1_000;
const ROWS_A_SMALL_COUPON = 100;
export const ROWS = BIG_ROWS + SMALL_COUPONS * ROWS_A_SMALL_COUPON;

/** Has an issuance of every coupon; no user has more. */
export const COLLECTOR = 'user-1';

const COUPONS = `
  INSERT INTO coupons (id, name, quantity, per_user_limit, issue_starts_at, issue_ends_at,
    valid_days, discount, conditions, created_by)
  SELECT id, 'Scale', 10000000, 1, now() - interval '40 days', now() + interval '1 day', 30,
    '{"type":"amount","amount":5000,"currency":"KRW"}', '{}', 'scale'
  FROM (SELECT $1::text AS id UNION ALL
        SELECT 'small' || lpad(n::text, 7, '0') FROM generate_series(1, $2::int) AS n) AS made`;

/**
 * Ids, keys and codes are spread as the system's are, so that indexes on them grow everywhere at
 * once. Accepted over the last 40 days and valid for 30: a quarter has expired.
 */
const ISSUANCES = `
  WITH digests AS (
    SELECT c.id AS coupon_id, n, c.size,
      translate(encode(sha256(convert_to(c.id || n, 'UTF8')), 'base64'), '+/', '-_') AS digest
    FROM (SELECT id, CASE WHEN id = $1 THEN $2::int ELSE $3::int END AS size FROM coupons) AS c,
      LATERAL generate_series(1, c.size) AS n)
  INSERT INTO issuances (id, coupon_id, user_key, user_id, ordinal, sequence, epoch, code,
    accepted_at, issued_at, valid_from, valid_until)
  SELECT coupon_id || '_' || left(digest, 22), coupon_id, substr(digest, 12, 22), 'user-' || n, 1, n,
    1, substr(digest, 4, 26), accepted_at, accepted_at, accepted_at, accepted_at + interval '30 days'
  FROM digests,
    LATERAL (SELECT date_trunc('milliseconds', now() - interval '40 days' * n / size) AS accepted_at)`;

const COUNT = `
  UPDATE coupons SET issued = counted.rows
  FROM (SELECT coupon_id, count(*) AS rows FROM issuances GROUP BY coupon_id) AS counted
  WHERE counted.coupon_id = coupons.id`;

/** One in ten is redeemed, one in fifty revoked, one in a hundred held for the next minutes. */
const REDEEM = `
  WITH redeemed AS (
    UPDATE issuances SET state = 'redeemed' WHERE sequence % 10 = 0 RETURNING id, coupon_id)
  INSERT INTO redemptions (id, issuance_id, coupon_id, order_id, discount, payable, currency,
    allocations, redeemed_at, redeemed_by)
  SELECT right(id, 22), id, coupon_id, 'order-' || id, 5000, 45000, 'KRW', '[]', now(), 'scale'
  FROM redeemed`;
const REVOKE = `UPDATE issuances SET state = 'revoked' WHERE sequence % 50 = 1`;
const HOLD = `
  UPDATE issuances SET state = 'held', hold_order = 'order', held_until = now() + interval '1 hour'
  WHERE sequence % 100 = 2 AND valid_until > now() + interval '1 hour'`;

const AUDIT = `
  INSERT INTO audit (actor, action, coupon_id)
  SELECT 'scale', 'coupon.changed', id FROM coupons, generate_series(1, 100)`;

/** Fills an empty database with {@link ROWS} issuances, in about a minute. */
export async function loadMillion(owner: Client): Promise<void> {
  await owner.query(COUPONS, [BIG_COUPON, SMALL_COUPONS]);
  await owner.query(ISSUANCES, [BIG_COUPON, BIG_ROWS, ROWS_A_SMALL_COUPON]);
  await owner.query(COUNT);
  for (const change of [REDEEM, REVOKE, HOLD, AUDIT]) await owner.query(change);
  // As autovacuum would have done by the time there are so many rows.
  await owner.query('VACUUM ANALYZE');
}
