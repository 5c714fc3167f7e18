import type { Grant } from '../../domain/grant.ts';
import type { Queryable } from './database.ts';

interface GrantRow {
  id: string;
  coupon_id: string;
  total: number;
  duplicates: number;
  created_at: Date;
  finished_at: Date | null;
  /** How many users have each outcome; those that have none are pending. */
  counts: Partial<Record<keyof Grant['outcomes'] | 'pending', number>>;
}

// Counted when it is asked for: 10,000 rows take some milliseconds, and no counter can drift.
const FIND = `
  SELECT id, coupon_id, total, duplicates, created_at, finished_at,
    (SELECT jsonb_object_agg(coalesce(outcome, 'pending'), users)
     FROM (SELECT outcome, count(*) AS users FROM grant_users WHERE grant_id = grants.id
           GROUP BY outcome) AS counted) AS counts
  FROM grants WHERE id = $1`;

export async function findGrant(client: Queryable, id: string): Promise<Grant | undefined> {
  const { rows } = await client.query<GrantRow>(FIND, [id]);
  return rows[0] && toGrant(rows[0]);
}

const NONE: Grant['outcomes'] = {
  accepted: 0,
  already_had: 0,
  sold_out: 0,
  issue_ended: 0,
  coupon_closed: 0,
  user_limit_reached: 0,
  erased: 0,
};

function toGrant(row: GrantRow): Grant {
  const { pending = 0, ...outcomes } = row.counts;
  return {
    id: row.id,
    couponId: row.coupon_id,
    total: row.total,
    duplicates: row.duplicates,
    outcomes: { ...NONE, ...outcomes },
    pending,
    createdAt: row.created_at.getTime(),
    finishedAt: row.finished_at?.getTime(),
  };
}
