import type { Database } from './database.ts';
import { purge } from './purge.ts';

/** 100,000 rows a run; a run a minute keeps up with any event. */
const MAX_CHUNKS = 20;

/**
 * Forgets notifications that were settled more than `ttlSeconds` ago; returns how many. What waits
 * or is parked stays, however old.
 */
export function purgeNotifications(
  database: Database,
  ttlSeconds: number,
  isOver?: () => boolean,
): Promise<number> {
  return purge(database, { sql: PURGE, ttlSeconds, maxChunks: MAX_CHUNKS, isOver });
}

// A row also keeps its subject from being told again, so it stays while that may be asked for once
// more. Of users' events nothing asks so late: the issuance, the redemption or the rollback is a row
// by then, and is not inserted again; a reminder comes 31 days before the end of the validity at the
// earliest, and none after it. Nor of units sold out, which are given once, and of what is in
// quarantine, which stays there. But a coupon is asked for its summary until 30 days after its
// window, however early it was closed, and a gate may be built again until it is forgotten: so all
// that operators are told stays as long after the window.
const PURGE = `
  DELETE FROM notifications WHERE id IN (
    SELECT told.id FROM notifications AS told JOIN coupons ON coupons.id = told.coupon_id
    WHERE told.state IN ('sent', 'nobody', 'discarded')
      AND told.settled_at < now() - $1 * interval '1 second'
      AND (told.issuance_id IS NOT NULL
        OR coupons.issue_ends_at < now() - $1 * interval '1 second')
    ORDER BY told.settled_at LIMIT $2 FOR UPDATE OF told SKIP LOCKED)`;
