import type { Database } from './database.ts';

/** One statement deletes so many: some ten milliseconds. */
const CHUNK = 5_000;

export interface Purge {
  /** Deletes at most `$2` rows older than `$1` seconds, and none that another run deletes. */
  readonly sql: string;
  readonly ttlSeconds: number;
  /** Statements a run. */
  readonly maxChunks: number;
  /** Then no statement more is begun. */
  readonly isOver?: (() => boolean) | undefined;
}

/** Deletes what is old enough, a chunk a statement; returns how many rows. */
export async function purge(
  database: Database,
  { sql, ttlSeconds, maxChunks, isOver }: Purge,
): Promise<number> {
  let purged = 0;
  for (let chunk = 0; chunk < maxChunks && isOver?.() !== true; chunk += 1) {
    const { rowCount } = await database.query(sql, [ttlSeconds, CHUNK]);
    purged += rowCount ?? 0;
    if ((rowCount ?? 0) < CHUNK) break;
  }
  return purged;
}
