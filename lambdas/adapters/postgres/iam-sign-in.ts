import type { ClientConfig } from 'pg';
import pg from 'pg';

/**
 * Lets the application's user sign in with IAM where there is such a thing: RDS has a role for it.
 * Its rights at the tables are the migrations'. Again and again makes no difference.
 */
export async function allowIamSignIn(config: ClientConfig): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    await client.query(ALLOW);
  } finally {
    await client.end();
  }
}

/** From then on RDS takes no password of this user. */
const ALLOW = `DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
    GRANT rds_iam TO coupon_app;
  END IF;
END $$`;
