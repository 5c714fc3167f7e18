import { Client } from 'pg';
import type {
  CouponFact,
  DatedFence,
  GrantedFact,
  LedgerFacts,
  NotificationFact,
  QuarantineFact,
  RedemptionFact,
  RowFact,
} from './facts.ts';

const CONNECT_TIMEOUT_MS = 10_000;

const COUPONS = `
  SELECT id, quantity, issued, per_user_limit AS "perUserLimit", version,
    CASE WHEN NOT EXISTS (
        SELECT FROM audit WHERE coupon_id = coupons.id AND details #> '{after,notifications}' IS NOT NULL)
      THEN notifications - 'templates' END AS choice,
    (extract(epoch FROM issue_starts_at) * 1000)::float8 AS "startsAt",
    (extract(epoch FROM issue_ends_at) * 1000)::float8 AS "endsAt"
  FROM coupons WHERE id = ANY($1) ORDER BY id`;

const ROWS = `
  SELECT id, coupon_id AS "couponId", user_key AS "userKey", user_id AS "userId", sequence, epoch,
    state,
    (extract(epoch FROM accepted_at) * 1000)::float8 AS "acceptedAt"
  FROM issuances WHERE coupon_id = ANY($1)`;

const FENCES = `
  SELECT coupon_id AS "couponId", epoch, topic, end_offsets AS "endOffsets",
    (extract(epoch FROM created_at) * 1000)::float8 AS "storedAt"
  FROM coupon_fences WHERE coupon_id = ANY($1)`;

/** All of it: a record whose bytes make no sense names no coupon. */
const QUARANTINE = `
  SELECT topic, "partition", "offset"::text AS "offset", issuance_id AS "issuanceId" FROM quarantine`;

const REDEMPTIONS = `
  SELECT id, issuance_id AS "issuanceId", order_id AS "orderId", discount::float8, payable::float8,
    currency, allocations, (extract(epoch FROM redeemed_at) * 1000)::float8 AS "redeemedAt", live,
    (extract(epoch FROM rolled_back_at) * 1000)::float8 AS "rolledBackAt"
  FROM redemptions LEFT JOIN redemption_rollbacks ON redemption_id = id
  WHERE coupon_id = ANY($1)`;
const GRANTED = `
  SELECT coupon_id AS "couponId", user_key AS "userKey", outcome, issuance_id AS "issuanceId"
  FROM grant_users JOIN grants ON grants.id = grant_id WHERE coupon_id = ANY($1)`;

const NOTIFICATIONS = `
  SELECT coupon_id AS "couponId", event, channel, subject, issuance_id AS "issuanceId", state
  FROM notifications WHERE coupon_id = ANY($1)`;

/** Reads the coupons' tables as they are at one moment. */
export async function readLedger(
  databaseUrl: string,
  couponIds: readonly string[],
): Promise<LedgerFacts> {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const coupons = await client.query<CouponFact>(COUPONS, [couponIds]);
    const rows = await client.query<RowFact>(ROWS, [couponIds]);
    const fences = await client.query<DatedFence & { couponId: string }>(FENCES, [couponIds]);
    const quarantine = await client.query<QuarantineFact>(QUARANTINE);
    const redemptions = await client.query<RedemptionFact>(REDEMPTIONS, [couponIds]);
    const granted = await client.query<GrantedFact>(GRANTED, [couponIds]);
    const notifications = await client.query<NotificationFact>(NOTIFICATIONS, [couponIds]);
    await client.query('COMMIT');
    return {
      coupons: coupons.rows.map(({ choice, ...coupon }) => ({
        ...coupon,
        choice: choice ?? undefined,
      })),
      rows: rows.rows,
      fences: Map.groupBy(fences.rows, ({ couponId }) => couponId),
      quarantine: quarantine.rows,
      redemptions: redemptions.rows,
      granted: granted.rows,
      notifications: notifications.rows,
    };
  } finally {
    await client.end();
  }
}
