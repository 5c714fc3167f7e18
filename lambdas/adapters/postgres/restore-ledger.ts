import type { Fence } from '../../domain/fences.ts';
import type { LoadedClaim, LockedCoupon, RestoreLedger } from '../../domain/ports.ts';
import { lockCoupon, raiseVersion } from './coupon-changes.ts';
import { findCoupon } from './coupon-ledger.ts';
import type { Database, Queryable } from './database.ts';
import { channelsInSql } from './insert-notifications.ts';

/** What the rebuild of a gate reads and writes. Always the writer: a reader may be behind. */
export function postgresRestoreLedger(database: Database): RestoreLedger {
  return {
    findCoupon: (id) => findCoupon(database, id),

    async couponIdsEndingSince(graceMs) {
      const { rows } = await database.query<{ id: string }>(
        `SELECT id FROM coupons WHERE issue_ends_at > now() - $1 * interval '1 millisecond'
         ORDER BY id`,
        [graceMs],
      );
      return rows.map(({ id }) => id);
    },

    async beginEpoch(couponId, why) {
      const { rows } = await database.query<{ epoch: number }>(BEGIN_EPOCH, [
        couponId,
        why ?? null,
      ]);
      if (rows[0] === undefined) throw new Error(`coupon ${couponId} is gone`);
      return rows[0].epoch;
    },

    storeFence: (couponId, fence) =>
      database.transaction((client) => storeFence(client, couponId, fence)),

    findFence: (couponId, epoch) => findFence(database, couponId, epoch),

    withLockedCoupon: (couponId, work) =>
      database.transaction(async (client) => work(await lockedCoupon(client, couponId))),

    raiseVersion: raiseVersion(database),
  };
}

/** Of a coupon's row. By the rows too: the commit that notes a first opening may have been lost. */
const WAS_OPEN = 'opened_epoch > 0 OR issued > 0';

// A rebuild that dies before its fence is stored has the next one begin another epoch, every few
// seconds if need be. All of them are one closing, and it is named after the gate that was open last.
const BEGIN_EPOCH = `
  WITH begun AS (
    UPDATE coupons SET epoch = epoch + 1 WHERE id = $1
    RETURNING id, epoch, opened_epoch, issued, notifications),
  told AS (
    INSERT INTO notifications (event, channel, subject, coupon_id, figures)
    SELECT 'gate_closed', channel, id || '@after-' || opened_epoch, id,
      jsonb_strip_nulls(jsonb_build_object('epoch', epoch, 'reason', $2::text))
    FROM begun, ${channelsInSql('gate_closed')} AS channel WHERE ${WAS_OPEN}
    ORDER BY channel
    ON CONFLICT (subject, event, channel) DO NOTHING)
  SELECT epoch FROM begun`;

// The part that reads the row sees it as it was before the statement.
const NOTE_OPENED = `
  WITH before AS (
    SELECT id, epoch, opened_epoch, issued, notifications FROM coupons WHERE id = $1),
  noted AS (
    UPDATE coupons SET opened_epoch = epoch WHERE id = $1)
  INSERT INTO notifications (event, channel, subject, coupon_id, figures)
  SELECT 'gate_opened', channel, id || '@epoch-' || epoch, id, jsonb_build_object('epoch', epoch)
  FROM before, ${channelsInSql('gate_opened')} AS channel
  WHERE opened_epoch < epoch AND (${WAS_OPEN})
  ORDER BY channel
  ON CONFLICT (subject, event, channel) DO NOTHING`;

/**
 * The coupon's row is locked by the UPDATE, and the epoch must still be the fence's: a rebuilder
 * that was overtaken would otherwise store a fence behind that of its successor.
 */
async function storeFence(
  client: Queryable,
  couponId: string,
  { epoch, topic, endOffsets }: Fence,
): Promise<Fence | undefined> {
  const { rowCount } = await client.query(
    'UPDATE coupons SET fence_version = fence_version + 1 WHERE id = $1 AND epoch = $2',
    [couponId, epoch],
  );
  if (rowCount !== 1) return undefined;
  await client.query(
    `INSERT INTO coupon_fences (coupon_id, epoch, topic, end_offsets) VALUES ($1, $2, $3, $4)
     ON CONFLICT (coupon_id, epoch) DO NOTHING`,
    [couponId, epoch, topic, JSON.stringify(endOffsets)],
  );
  return findFence(client, couponId, epoch);
}

async function findFence(
  client: Queryable,
  couponId: string,
  epoch: number,
): Promise<Fence | undefined> {
  const { rows } = await client.query<{
    epoch: number;
    topic: string;
    end_offsets: Record<string, string>;
  }>('SELECT epoch, topic, end_offsets FROM coupon_fences WHERE coupon_id = $1 AND epoch = $2', [
    couponId,
    epoch,
  ]);
  const [row] = rows;
  return row && { epoch: row.epoch, topic: row.topic, endOffsets: row.end_offsets };
}

async function lockedCoupon(client: Queryable, couponId: string): Promise<LockedCoupon> {
  const reading = await lockCoupon(client, couponId);
  if (reading === undefined) throw new Error(`coupon ${couponId} is gone`);
  return {
    coupon: reading.coupon,
    issuances: (size) => readIssuances(client, couponId, size),
    noteOpened: async () => {
      await client.query(NOTE_OPENED, [couponId]);
    },
  };
}

interface ClaimRow {
  id: string;
  user_id: string | null;
  user_key: string;
  ordinal: number;
  sequence: number;
  epoch: number;
  accepted_at: Date;
}

/** By keyset, so that each statement is short, whatever the coupon's size. */
async function* readIssuances(
  client: Queryable,
  couponId: string,
  size: number,
): AsyncGenerator<LoadedClaim[]> {
  let after = { userKey: '', ordinal: 0 };
  for (;;) {
    const { rows } = await client.query<ClaimRow>(
      `SELECT id, user_id, user_key, ordinal, sequence, epoch, accepted_at FROM issuances
       WHERE coupon_id = $1 AND (user_key, ordinal) > ($2, $3)
       ORDER BY user_key, ordinal LIMIT $4`,
      [couponId, after.userKey, after.ordinal, size],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => toLoadedClaim(couponId, row));
    after = { userKey: last.user_key, ordinal: last.ordinal };
  }
}

function toLoadedClaim(couponId: string, row: ClaimRow): LoadedClaim {
  return {
    id: row.id,
    couponId,
    userId: row.user_id,
    userKey: row.user_key,
    ordinal: row.ordinal,
    sequence: row.sequence,
    epoch: row.epoch,
    acceptedAt: row.accepted_at.getTime(),
  };
}
