import pg from 'pg';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import type { CouponDefinition } from '../../lambdas/domain/coupon.ts';
import type { TestDatabase } from './database.ts';
import { newDatabase } from './database.ts';
import { entryOf, recordOf } from './log-entries.ts';
import { definition, newCouponId, operator } from './samples.ts';

const HOUR_MS = 60 * 60 * 1000;

/** A database with issuances in it, as the record function stores them. */
export class IssuedRows {
  readonly #testDatabase: TestDatabase;
  /** As the application. */
  readonly database: Database;
  /** As the owner of the schema, who may do what the application may not. */
  readonly owner: pg.Client;

  private constructor(testDatabase: TestDatabase, database: Database, owner: pg.Client) {
    this.#testDatabase = testDatabase;
    this.database = database;
    this.owner = owner;
  }

  static async open(): Promise<IssuedRows> {
    const testDatabase = await newDatabase();
    const owner = new pg.Client({ connectionString: testDatabase.ownerUrl });
    await owner.connect();
    return new IssuedRows(testDatabase, connect(testDatabase.appUrl), owner);
  }

  get appUrl(): string {
    return this.#testDatabase.appUrl;
  }

  get ownerUrl(): string {
    return this.#testDatabase.ownerUrl;
  }

  /** Issuances of it are valid from an hour ago until in an hour. */
  async newCoupon(changes: Partial<CouponDefinition> = {}): Promise<string> {
    const now = Date.now();
    const validity = { from: now - HOUR_MS, until: now + HOUR_MS };
    const given = definition({ quantity: 1_000, validity, ...changes });
    const coupons = postgresCouponLedger(this.database);
    return (await coupons.createCoupon(newCouponId(), given, operator)).id;
  }

  /** Returns the issuances' ids, in the order of the users. */
  async issue(
    couponId: string,
    userIds: readonly string[],
    acceptedAt?: number,
  ): Promise<string[]> {
    const changes = { acceptedAt: acceptedAt ?? Date.now() };
    const records = userIds.map((userId) => recordOf(couponId, userId, changes));
    const entries = records.map((record) => entryOf(record));
    await postgresRecordLedger(this.database, newCode).storeBatch(entries);
    return records.map(({ id }) => id);
  }

  /** An issuance of a coupon of its own. */
  async issueOne(userId = 'anna', changes: Partial<CouponDefinition> = {}): Promise<string> {
    const [id = ''] = await this.issue(await this.newCoupon(changes), [userId]);
    return id;
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.owner.end();
    await this.#testDatabase.drop();
  }
}

function connect(url: string): Database {
  const patience = { connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };
  // Idle connections may still be open when the database is dropped; what fails tells so itself.
  return connectDatabase({ url, maxConnections: 20, ...patience }, () => undefined);
}
