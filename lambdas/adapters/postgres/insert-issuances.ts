import { validPeriod } from '../../domain/coupon.ts';
import type { PlannedInsert } from '../../domain/record-plan.ts';
import type { CouponAtRecord } from './coupon-at-record.ts';
import type { Queryable } from './database.ts';
import { IS_ERASED } from './erased-users.ts';

export interface InsertedRow {
  readonly id: string;
  readonly couponId: string;
  readonly acceptedAt: Date;
  readonly validUntil: Date;
}

/**
 * Inserts the rows that are not there yet. In the order of the ids: two batches with the same
 * records then wait for each other in turn, instead of crosswise.
 */
export async function insertIssuances(
  client: Queryable,
  inserts: readonly PlannedInsert[],
  coupons: ReadonlyMap<string, CouponAtRecord>,
  newCode: () => string,
): Promise<InsertedRow[]> {
  if (inserts.length === 0) return [];
  const { rows } = await client.query<InsertedRow>(INSERT, columns(inserts, coupons, newCode));
  return rows;
}

const INSERT = `
  INSERT INTO issuances (id, coupon_id, user_id, user_key, ordinal, sequence, epoch, accepted_at,
    code, valid_from, valid_until)
  SELECT id, coupon_id, CASE WHEN ${IS_ERASED} THEN NULL ELSE user_id END, user_key, ordinal,
    sequence, epoch, accepted_at, code, valid_from, valid_until
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[],
    $6::integer[], $7::integer[], $8::timestamptz[], $9::text[], $10::timestamptz[],
    $11::timestamptz[]) AS record (id, coupon_id, user_id, user_key, ordinal, sequence, epoch,
    accepted_at, code, valid_from, valid_until)
  LEFT JOIN erasures USING (user_key)
  ORDER BY record.id
  ON CONFLICT (id) DO NOTHING
  RETURNING id, coupon_id AS "couponId", accepted_at AS "acceptedAt", valid_until AS "validUntil"`;

function columns(
  inserts: readonly PlannedInsert[],
  coupons: ReadonlyMap<string, CouponAtRecord>,
  newCode: () => string,
): unknown[][] {
  const periods = inserts.map(({ record }) => periodOf(record, coupons));
  const records = inserts.map(({ record }) => record);
  return [
    records.map(({ id }) => id),
    records.map(({ couponId }) => couponId),
    records.map(({ userId }) => userId),
    records.map(({ userKey }) => userKey),
    records.map(({ ordinal }) => ordinal),
    records.map(({ sequence }) => sequence),
    records.map(({ epoch }) => epoch),
    records.map(({ acceptedAt }) => new Date(acceptedAt)),
    records.map(() => newCode()),
    periods.map(({ from }) => new Date(from)),
    periods.map(({ until }) => new Date(until)),
  ];
}

function periodOf(
  record: PlannedInsert['record'],
  coupons: ReadonlyMap<string, CouponAtRecord>,
): { from: number; until: number } {
  const coupon = coupons.get(record.couponId);
  if (coupon === undefined) throw new Error(`coupon ${record.couponId} was not read`);
  return validPeriod(coupon.validity, record.acceptedAt);
}
