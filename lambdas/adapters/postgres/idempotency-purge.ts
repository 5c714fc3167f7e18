import type { Database } from './database.ts';

/** One statement deletes so many: some ten milliseconds. */
const CHUNK = 5_000;
/** 500,000 keys a run; a run a minute keeps up with 8,000 requests a second. */
const MAX_CHUNKS = 100;

/** Forgets keys of more than `ttlSeconds`; returns how many. */
export async function purgeIdempotencyKeys(
  database: Database,
  ttlSeconds: number,
): Promise<number> {
  let purged = 0;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk += 1) {
    const { rowCount } = await database.query(PURGE, [ttlSeconds, CHUNK]);
    purged += rowCount ?? 0;
    if ((rowCount ?? 0) < CHUNK) break;
  }
  return purged;
}

// Two runs at once don't wait for each other.
const PURGE = `
  DELETE FROM idempotency_keys WHERE id IN (
    SELECT id FROM idempotency_keys WHERE created_at < now() - $1 * interval '1 second'
    ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;
