import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { Secrets } from './secrets.ts';

export interface DatabaseUrls {
  /** Owns the tables; for migrations only. */
  readonly migrator: string;
  /** What the functions use. */
  readonly app: string;
}

const DATABASE = 'coupons';
export const MIGRATOR = 'coupon_migrator';
const APP = 'coupon_app';

/**
 * Creates what a deployed environment has: a database, its owner, and the application's own user.
 * Passwords are set anew each time, so the kept ones always fit. May be called again and again.
 * @param adminUrl a superuser, at any database of our own server
 */
export async function prepareOwnDatabase(
  adminUrl: string,
  secrets: Secrets,
): Promise<DatabaseUrls> {
  await withClient(adminUrl, async (admin) => {
    await ensureRole(admin, MIGRATOR, `LOGIN CREATEROLE PASSWORD`, secrets.migratorPassword);
    await ensureRole(admin, APP, 'LOGIN PASSWORD', secrets.appPassword);
    // To change a role, as a migration may, it takes more than CREATEROLE: it must administer it.
    await admin.query(
      `GRANT ${escapeIdentifier(APP)} TO ${escapeIdentifier(MIGRATOR)} WITH ADMIN OPTION`,
    );
    const found = await admin.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) {
      await admin.query(
        `CREATE DATABASE ${escapeIdentifier(DATABASE)} OWNER ${escapeIdentifier(MIGRATOR)}`,
      );
    }
  });
  return {
    migrator: urlFor(adminUrl, MIGRATOR, secrets.migratorPassword, DATABASE),
    app: urlFor(adminUrl, APP, secrets.appPassword, DATABASE),
  };
}

/**
 * With a DATABASE_URL of the user's: its user migrates, and creates the application's.
 * @throws pg's error when that user may not create roles
 */
export async function prepareExternalDatabase(
  databaseUrl: string,
  secrets: Secrets,
): Promise<DatabaseUrls> {
  await withClient(databaseUrl, (client) =>
    ensureRole(client, APP, 'LOGIN PASSWORD', secrets.appPassword),
  );
  return { migrator: databaseUrl, app: urlFor(databaseUrl, APP, secrets.appPassword) };
}

async function ensureRole(
  client: Client,
  role: string,
  attributes: string,
  password: string,
): Promise<void> {
  const found = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(
    `${verb} ROLE ${escapeIdentifier(role)} ${attributes} ${escapeLiteral(password)}`,
  );
}

/** The same server with another user and, if given, another database. */
function urlFor(url: string, user: string, password: string, database?: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  if (database !== undefined) changed.pathname = `/${database}`;
  return changed.href;
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
