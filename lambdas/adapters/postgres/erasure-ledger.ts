import type { Actor } from '../../domain/audit.ts';
import type { ErasureLedger, KnownUser } from '../../domain/erasure.ts';
import { appendAudit } from './audit.ts';
import type { Database, Queryable } from './database.ts';
import { eraseQuarantined } from './erasure-quarantine.ts';
import { forgetRepliesOf } from './idempotency-store.ts';

/** Erases users from the tables, in one transaction. */
export function postgresErasureLedger(database: Database): ErasureLedger {
  return {
    eraseUser: (user, actor) =>
      database.transaction(async (client) => {
        // Before anything else: whoever stores records has read this table and commits first, or
        // waits here and then sees the erasure. Between the two no name can slip through.
        await client.query('LOCK TABLE erasures IN ACCESS EXCLUSIVE MODE');
        return eraseUser(client, user, actor);
      }),
  };
}

async function eraseUser(client: Queryable, user: KnownUser, actor: Actor): Promise<string[]> {
  await client.query(REMEMBER, [user.key]);
  const { rows } = await client.query<{ id: string }>(FIND_ISSUANCES, [user.key]);
  const ids = rows.map(({ id }) => id);
  await client.query(
    'UPDATE issuances SET user_id = NULL WHERE id = ANY($1) AND user_id IS NOT NULL',
    [ids],
  );
  await client.query(ERASE_GRANTED, [user.key]);
  await eraseQuarantined(client, user);
  await forgetRepliesOf(client, user.id);
  await appendAudit(client, { actor, action: 'user.erased', subject: user.key });
  return ids;
}

/** A user who came back and goes again is erased up to the later time. */
const REMEMBER = `
  INSERT INTO erasures (user_key, erased_at) VALUES ($1, clock_timestamp())
  ON CONFLICT (user_key) DO UPDATE SET erased_at = greatest(erasures.erased_at, excluded.erased_at)`;

/**
 * Coupon by coupon, each by the index that holds its limit: an index by user alone would cost
 * every issuance, for an erasure now and then.
 */
const FIND_ISSUANCES = `
  SELECT found.id FROM coupons CROSS JOIN LATERAL (
    SELECT id FROM issuances WHERE coupon_id = coupons.id AND user_key = $1 OFFSET 0
  ) AS found`;

const ERASE_GRANTED = `
  UPDATE grant_users SET user_id = NULL, outcome = coalesce(outcome, 'erased')
  WHERE user_key = $1 AND user_id IS NOT NULL`;
