import type { GrantUser, GrantWork, SettledUser } from '../../domain/grant-ledger.ts';
import { GRANT_REFUSALS } from '../../domain/grant.ts';
import type { Database, Queryable } from './database.ts';

/** Grants as rows, for the work on them. */
export function postgresGrantWork(database: Database): GrantWork {
  return {
    async openGrants() {
      const { rows } = await database.query<{ id: string; coupon_id: string; created_at: Date }>(
        OPEN,
      );
      return rows.map(({ id, coupon_id, created_at }) => ({
        id,
        couponId: coupon_id,
        createdAt: created_at.getTime(),
      }));
    },

    async pendingUsers(grantId, count) {
      const { rows } = await database.query<GrantUser>(
        `SELECT position, user_id AS "userId" FROM grant_users
         WHERE grant_id = $1 AND outcome IS NULL ORDER BY position LIMIT $2`,
        [grantId, count],
      );
      return rows;
    },

    settle: (grantId, users) =>
      database.transaction(async (client) => {
        if (users.length > 0) await keepOutcomes(client, grantId, users);
        return finish(client, grantId);
      }),
  };
}

// A paused coupon, or one that has not started, would only be asked in vain: the gate decides,
// this saves its time.
const OPEN = `
  SELECT grants.id, grants.coupon_id, grants.created_at FROM grants
  JOIN coupons ON coupons.id = grants.coupon_id
  WHERE finished_at IS NULL
    AND (control = 'closed' OR issue_ends_at <= now()
         OR (control = 'active' AND issue_starts_at <= now()))
  ORDER BY grants.created_at, grants.id`;

async function keepOutcomes(
  client: Queryable,
  grantId: string,
  users: readonly SettledUser[],
): Promise<void> {
  await client.query(
    `UPDATE grant_users AS users SET outcome = settled.outcome, issuance_id = settled.issuance_id
     FROM unnest($2::integer[], $3::text[], $4::text[]) AS settled (position, outcome, issuance_id)
     WHERE users.grant_id = $1 AND users.position = settled.position
       AND (users.outcome IS NULL
            OR (users.outcome = ANY($5) AND settled.issuance_id IS NOT NULL))`,
    [
      grantId,
      users.map(({ position }) => position),
      users.map(({ outcome }) => outcome.kind),
      users.map(({ outcome }) => ('issuanceId' in outcome ? outcome.issuanceId : null)),
      GRANT_REFUSALS,
    ],
  );
}

async function finish(client: Queryable, grantId: string): Promise<boolean> {
  await client.query(
    `UPDATE grants SET finished_at = now() WHERE id = $1 AND finished_at IS NULL
       AND NOT EXISTS (SELECT FROM grant_users WHERE grant_id = $1 AND outcome IS NULL)`,
    [grantId],
  );
  const { rows } = await client.query<{ is_finished: boolean }>(
    'SELECT finished_at IS NOT NULL AS is_finished FROM grants WHERE id = $1',
    [grantId],
  );
  return rows[0]?.is_finished === true;
}
