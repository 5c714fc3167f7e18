import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Certificate } from './certificates.ts';

/** Has a PostgreSQL of ours take TLS with this certificate, beside plain connections. */
export function secureDatabase(adminUrl: string, { cert, key }: Certificate): Promise<void> {
  return asAdmin(adminUrl, async (admin) => {
    const folder = await dataFolder(admin);
    await writeAsServer(folder, 'server.crt', cert);
    await writeAsServer(folder, 'server.key', key);
    await admin.query('ALTER SYSTEM SET ssl = on');
    await reload(admin);
  });
}

/** Has it take plain connections only, as at first. */
export function unsecureDatabase(adminUrl: string): Promise<void> {
  return asAdmin(adminUrl, async (admin) => {
    await admin.query('ALTER SYSTEM RESET ssl');
    await reload(admin);
  });
}

export async function dataFolder(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ folder: string }>(
    `SELECT current_setting('data_directory') AS folder`,
  );
  return rows[0]?.folder ?? '';
}

/** Resolves when new connections are treated as the files say. */
export async function reload(admin: pg.Client): Promise<void> {
  const loadedAt = `SELECT pg_conf_load_time()::text AS at`;
  const { rows: before } = await admin.query<{ at: string }>(loadedAt);
  await admin.query('SELECT pg_reload_conf()');
  for (;;) {
    // A new connection is a new process, which has what the server has.
    const { rows: now } = await admin.query<{ at: string }>(loadedAt);
    if (now[0]?.at !== before[0]?.at) return;
  }
}

export async function asAdmin<T>(
  adminUrl: string,
  work: (admin: pg.Client) => Promise<T>,
): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** PostgreSQL reads no key that others could. */
async function writeAsServer(folder: string, name: string, text: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, text, { mode: 0o600 });
  const { uid, gid } = await stat(folder);
  await chown(file, uid, gid);
}
