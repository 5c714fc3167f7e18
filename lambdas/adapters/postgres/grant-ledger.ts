import type { Actor } from '../../domain/audit.ts';
import type { Grant } from '../../domain/grant.ts';
import type { GrantCreation, GrantLedger, GrantOrder } from '../../domain/grant-ledger.ts';
import { appendAudit } from './audit.ts';
import type { Database, Queryable } from './database.ts';
import { findGrant } from './grant-rows.ts';

/** Grants as rows, for those who order them. */
export function postgresGrantLedger(database: Database): GrantLedger {
  return {
    createGrant: (order, actor) =>
      database.transaction((client) => createGrant(client, order, actor)),
    findGrant: (id) => findGrant(database, id),
  };
}

async function createGrant(
  client: Queryable,
  order: GrantOrder,
  actor: Actor,
): Promise<GrantCreation> {
  const { id, couponId, users, duplicates } = order;
  // First, so that the same order again is answered alike after the coupon has ended.
  const known = await findGrant(client, id);
  if (known) return { kind: 'there', grant: known };
  const refusal = await refusalOf(client, couponId);
  if (refusal) return refusal;
  const { rowCount } = await client.query(INSERT, [
    id,
    couponId,
    users.length,
    duplicates,
    actor.id,
  ]);
  // Of two orders with the same id at the same time one waits here for the other.
  if (rowCount === 1) {
    await client.query(INSERT_USERS, [id, users.map((user) => user.id), users.map(keyOf)]);
    const details = { users: users.length, duplicates };
    await appendAudit(client, { actor, action: 'grant.created', couponId, subject: id, details });
  }
  return { kind: 'there', grant: await existing(client, id) };
}

const keyOf = ({ key }: GrantOrder['users'][number]): string => key;

async function refusalOf(client: Queryable, couponId: string): Promise<GrantCreation | undefined> {
  const { rows } = await client.query<{ is_closed: boolean; has_ended: boolean }>(
    `SELECT control = 'closed' AS is_closed, issue_ends_at <= now() AS has_ended
     FROM coupons WHERE id = $1`,
    [couponId],
  );
  const [coupon] = rows;
  if (coupon === undefined) return { kind: 'unknown_coupon' };
  if (coupon.is_closed) return { kind: 'refused', reason: 'coupon_closed' };
  return coupon.has_ended ? { kind: 'refused', reason: 'issue_ended' } : undefined;
}

// In milliseconds, as the gate's times that it is compared with.
const INSERT = `
  INSERT INTO grants (id, coupon_id, total, duplicates, created_at, created_by)
  VALUES ($1, $2, $3, $4, date_trunc('milliseconds', now()), $5)
  ON CONFLICT (id) DO NOTHING`;

const INSERT_USERS = `
  INSERT INTO grant_users (grant_id, position, user_id, user_key)
  SELECT $1, position, user_id, user_key
  FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS listed (user_id, user_key, position)`;

async function existing(client: Queryable, id: string): Promise<Grant> {
  const grant = await findGrant(client, id);
  if (grant === undefined) throw new Error(`grant ${id} is neither new nor there`);
  return grant;
}
