import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import { newDatabase, type TestDatabase } from '../support/database.ts';

let testDatabase: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  testDatabase = await newDatabase();
  owner = new pg.Client({ connectionString: testDatabase.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await testDatabase.drop();
});

const WRITE = `INSERT INTO restore_leases (coupon_id, holder, until)
  SELECT id, 'test', now() FROM coupons`;

const writes: [string, (database: Database) => Promise<unknown>][] = [
  ['a statement', (database) => database.query(WRITE)],
  ['a transaction', (database) => database.transaction((client) => client.query(WRITE))],
];

it.each(writes)(
  'after %s was told that its server only reads, the next connects anew and finds the primary',
  async (_, write) => {
    const { rows } = await owner.query<{ name: string }>('SELECT current_database() AS name');
    const name = rows[0]?.name ?? '';
    // What connects now stays read-only, as a connection to a standby does.
    await owner.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const database = connectDatabase(
      {
        url: testDatabase.appUrl,
        maxConnections: 1,
        connectTimeoutMs: 5_000,
        statementTimeoutMs: 5_000,
      },
      () => undefined,
    );
    try {
      await database.query('SELECT 1');
      await owner.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);

      await expect(write(database)).rejects.toBeInstanceOf(LedgerUnavailable);
      await write(database);
    } finally {
      await database.close();
    }
  },
);
