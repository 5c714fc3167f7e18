import type { Validity } from '../../domain/coupon.ts';
import type { Fence } from '../../domain/fences.ts';
import type { NotificationChoice } from '../../domain/notification-choice.ts';
import type { DecodedBatch } from '../../domain/record-plan.ts';
import { toValidity } from './coupon-rows.ts';
import type { Queryable } from './database.ts';
import { CHOICE } from './insert-notifications.ts';

/** What the batch's transaction read of a coupon, before it wrote anything. */
export interface CouponAtRecord {
  readonly id: string;
  readonly fenceVersion: number;
  readonly validity: Validity;
  readonly fences: readonly Fence[];
  /** Whom to tell of what; undefined where nobody is told anything. */
  readonly choice: NotificationChoice | undefined;
}

/**
 * @param lock takes the coupons' row locks, in the order of their ids
 */
export async function readCouponsAtRecord(
  client: Queryable,
  batch: DecodedBatch,
  lock: boolean,
): Promise<Map<string, CouponAtRecord>> {
  const ids = [...new Set(batch.readable.map(({ record }) => record.couponId))].toSorted();
  if (ids.length === 0) return new Map();
  const { rows: coupons } = await client.query<{
    id: string;
    fence_version: number;
    valid_days: number | null;
    valid_from: Date | null;
    valid_until: Date | null;
    choice: NotificationChoice | null;
  }>(
    `SELECT id, fence_version, valid_days, valid_from, valid_until, ${CHOICE} AS choice FROM coupons
     WHERE id = ANY($1) ORDER BY id ${lock ? 'FOR NO KEY UPDATE' : ''}`,
    [ids],
  );
  // After the versions: a fence stored in between moves the version, and the batch starts anew.
  const { rows: fences } = await client.query<{
    coupon_id: string;
    epoch: number;
    topic: string;
    end_offsets: Record<string, string>;
  }>('SELECT coupon_id, epoch, topic, end_offsets FROM coupon_fences WHERE coupon_id = ANY($1)', [
    ids,
  ]);
  const byCoupon = Map.groupBy(fences, ({ coupon_id }) => coupon_id);
  return new Map(
    coupons.map((row) => [
      row.id,
      {
        id: row.id,
        fenceVersion: row.fence_version,
        validity: toValidity(row),
        choice: row.choice ?? undefined,
        fences: (byCoupon.get(row.id) ?? []).map(({ epoch, topic, end_offsets }) => ({
          epoch,
          topic,
          endOffsets: end_offsets,
        })),
      },
    ]),
  );
}
