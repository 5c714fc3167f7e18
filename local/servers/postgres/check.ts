import { Client } from 'pg';

const timeout_ms = 2_000;

/** Runs a query. Throws if PostgreSQL doesn't answer it within 2 s. */
export async function checkPostgres(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: timeout_ms,
    query_timeout: timeout_ms,
  });
  // A server that dies at this moment is reported by the query already.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}
