import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { allowIamSignIn } from '../../lambdas/adapters/postgres/iam-sign-in.ts';
import { newDatabase, type TestDatabase } from '../support/database.ts';
import { asAdmin } from '../support/secure-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await newDatabase();
});

afterAll(() => database.drop());

function ask<T>(query: string): Promise<T[]> {
  return asAdmin(database.ownerUrl, async (owner) => {
    const { rows } = await owner.query<Record<string, T>>(query);
    return rows.flatMap((row) => Object.values(row));
  });
}

it('the application may sign in with IAM, where there is such a thing', async () => {
  const owner = { connectionString: database.ownerUrl };
  await allowIamSignIn(owner);
  await ask('CREATE ROLE rds_iam');
  try {
    await allowIamSignIn(owner);
    await allowIamSignIn(owner);
    expect(await ask(`SELECT pg_has_role('coupon_app', 'rds_iam', 'MEMBER')`)).toEqual([true]);
  } finally {
    await ask('DROP ROLE rds_iam');
  }
});

it('the application may delete leases, idempotency keys and notifications, and nothing else', async () => {
  const deletable = await ask(`SELECT table_name FROM information_schema.table_privileges
    WHERE grantee = 'coupon_app' AND privilege_type = 'DELETE' ORDER BY table_name`);
  expect(deletable).toEqual(['idempotency_keys', 'notifications', 'restore_leases']);
  expect(
    await ask(`SELECT DISTINCT privilege_type::text FROM information_schema.table_privileges
      WHERE grantee = 'coupon_app' AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')`),
  ).toEqual([]);
});
