import type pg from 'pg';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { ids } from './samples.ts';

const HOUR_MS = 60 * 60 * 1000;

export interface IssuanceRows {
  readonly count: number;
  readonly userPrefix?: string;
  readonly ordinal?: number;
  /** Sequence of the first. */
  readonly from?: number;
  /** Number of the first user; as the sequence unless given. */
  readonly firstUser?: number;
  readonly validUntil?: Date;
}

/** Writes rows as the record function would, many at once; the coupon counts them, too. */
export async function insertIssuanceRows(
  client: pg.Client | pg.Pool,
  couponId: string,
  rows: IssuanceRows,
): Promise<void> {
  const { count, userPrefix = 'user-', ordinal = 1, from = 1, firstUser = from } = rows;
  const { validUntil = new Date(Date.now() + HOUR_MS) } = rows;
  const numbers = Array.from({ length: count }, (_, i) => i);
  const userIds = numbers.map((i) => `${userPrefix}${firstUser + i}`);
  await client.query(
    `INSERT INTO issuances (id, coupon_id, user_id, user_key, sequence, code, ordinal, epoch,
       accepted_at, valid_from, valid_until)
     SELECT id, $1, user_id, user_key, sequence, code, $7, 1, now(), now() - interval '1 day', $8
     FROM unnest($2::text[], $3::text[], $4::text[], $5::integer[], $6::text[])
       AS written (id, user_id, user_key, sequence, code)`,
    [
      couponId,
      userIds.map(
        (userId) => `${couponId}_${ids.issuanceDigest(couponId, userId, String(ordinal))}`,
      ),
      userIds,
      userIds.map((userId) => ids.userKey(userId)),
      numbers.map((i) => from + i),
      userIds.map(() => newCode()),
      ordinal,
      validUntil,
    ],
  );
  await client.query('UPDATE coupons SET issued = issued + $2 WHERE id = $1', [couponId, count]);
}
