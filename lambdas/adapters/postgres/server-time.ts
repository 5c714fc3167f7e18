import type { Queryable } from './database.ts';

/** PostgreSQL's own clock, milliseconds since 1970. */
export async function postgresTime(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return rows[0]?.now.getTime() ?? Number.NaN;
}
