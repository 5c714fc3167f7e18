import type { Database } from './database.ts';
import { purge } from './purge.ts';

/** 500,000 keys a run; a run a minute keeps up with 8,000 requests a second. */
const MAX_CHUNKS = 100;

/** Forgets keys of more than `ttlSeconds`; returns how many. */
export function purgeIdempotencyKeys(
  database: Database,
  ttlSeconds: number,
  isOver?: () => boolean,
): Promise<number> {
  return purge(database, { sql: PURGE, ttlSeconds, maxChunks: MAX_CHUNKS, isOver });
}

// Two runs at once don't wait for each other.
const PURGE = `
  DELETE FROM idempotency_keys WHERE id IN (
    SELECT id FROM idempotency_keys WHERE created_at < now() - $1 * interval '1 second'
    ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;
