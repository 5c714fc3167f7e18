import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrateHandler } from '../../lambdas/functions/migrate/handler.ts';
import { testServers } from './servers.ts';

export interface TestDatabase {
  /** As the owner of the schema. */
  readonly ownerUrl: string;
  /** As the application's user. */
  readonly appUrl: string;
  drop(): Promise<void>;
}

export const MIGRATIONS = fileURLToPath(new URL('../../db/migrations', import.meta.url));
const APP_PASSWORD = 'of-the-tests';

/** A migrated database of its own on the tests' server. */
export async function newDatabase(migrations = MIGRATIONS): Promise<TestDatabase> {
  const { databaseAdminUrl } = testServers();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name}`);
  const ownerUrl = urlOf(databaseAdminUrl, name);
  await migrate(ownerUrl, migrations);
  await asAdmin(`ALTER ROLE coupon_app PASSWORD '${APP_PASSWORD}'`);
  return {
    ownerUrl,
    appUrl: urlOf(databaseAdminUrl, name, 'coupon_app', APP_PASSWORD),
    drop: () => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** Brings a database up to date with these migrations, as its owner. */
export async function migrate(ownerUrl: string, migrations: string): Promise<void> {
  const connection = { connectionString: ownerUrl };
  await migrateHandler({
    connection: () => Promise.resolve(connection),
    admitApplication: () => Promise.resolve(),
    directory: migrations,
    logger: { warn: () => undefined },
  })();
}

function urlOf(adminUrl: string, name: string, user?: string, password?: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.href;
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testServers().databaseAdminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
