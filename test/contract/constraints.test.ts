import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { postgresRestoreLedger } from '../../lambdas/adapters/postgres/restore-ledger.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';
import { loadedClaim, newCouponId } from '../support/samples.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let owner: pg.Client;
let app: pg.Client;
let couponId: string;

beforeAll(async () => {
  database = await newDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  app = new pg.Client({ connectionString: database.appUrl });
  await owner.connect();
  await app.connect();
});

afterAll(async () => {
  await owner.end();
  await app.end();
  await database.drop();
});

beforeEach(async () => {
  couponId = newCouponId();
  await app.query(
    `INSERT INTO coupons (id, name, quantity, per_user_limit, issue_starts_at, issue_ends_at,
       valid_days, discount, conditions, created_by)
     VALUES ($1, 'Sample', 2, 1, now(), now() + interval '1 hour', 1, '{}', '{}', 'op')`,
    [couponId],
  );
});

async function insert(changes: Record<string, unknown> = {}, client = app): Promise<void> {
  const { id, userId, userKey } = loadedClaim(couponId, 'anna');
  const row = {
    id,
    coupon_id: couponId,
    user_id: userId,
    user_key: userKey,
    ordinal: 1,
    sequence: 1,
    epoch: 1,
    code: `code-${id}`,
    accepted_at: new Date(),
    valid_from: new Date(),
    valid_until: new Date(),
    ...changes,
  };
  const columns = Object.keys(row);
  const places = columns.map((_, i) => `$${i + 1}`);
  await client.query(
    `INSERT INTO issuances (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    Object.values(row),
  );
}

describe('a fence that is stored while a batch is being recorded', () => {
  it('makes the batch decide anew, and what is late by it is not inserted', async () => {
    const pool = connectDatabase(
      {
        url: database.appUrl,
        maxConnections: 4,
        connectTimeoutMs: 5_000,
        statementTimeoutMs: 9_000,
      },
      () => undefined,
    );
    const blocker = new pg.Client({ connectionString: database.appUrl });
    await blocker.connect();
    try {
      // The batch has read that there is no fence, and waits for the end of another insert.
      await blocker.query('BEGIN');
      await insert({}, blocker);
      const batch = postgresRecordLedger(pool, newCode).storeBatch([
        entryOf(recordOf(couponId, 'anna', { epoch: 1 }), { offset: 7 }),
      ]);
      await waitsForLock();
      const restores = postgresRestoreLedger(pool);
      await restores.beginEpoch(couponId);
      const epoch = await restores.beginEpoch(couponId);
      const endOffsets = { '0': '7' };
      expect(
        await restores.storeFence(couponId, { epoch, topic: 'claims', endOffsets }),
      ).toBeDefined();
      await blocker.query('ROLLBACK');
      expect(await batch).toMatchObject({ inserted: 0, late: [{ position: { offset: '7' } }] });
    } finally {
      await blocker.end();
      await pool.close();
    }
    const { rows } = await app.query('SELECT FROM issuances WHERE coupon_id = $1', [couponId]);
    expect(rows).toEqual([]);
  });

  function waitsForLock(): Promise<number> {
    return until('a batch that waits for a lock', 5_000, async () => {
      const { rowCount } = await owner.query(
        `SELECT FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rowCount === 0 ? undefined : 1;
    });
  }
});

describe('the schema refuses by itself', () => {
  it('to count more than the quantity', async () => {
    const count = app.query('UPDATE coupons SET issued = 3 WHERE id = $1', [couponId]);
    await expect(count).rejects.toThrow('never_more_than_the_quantity');
    const lower = app.query('UPDATE coupons SET issued = 2, quantity = 1 WHERE id = $1', [
      couponId,
    ]);
    await expect(lower).rejects.toThrow('never_more_than_the_quantity');
  });

  it('a second issuance of an ordinal, a code or an id', async () => {
    await insert();
    const { id } = loadedClaim(couponId, 'ben');
    await expect(insert()).rejects.toThrow('issuances_pkey');
    await expect(insert({ id })).rejects.toThrow('one_issuance_an_ordinal');
    const { userKey } = loadedClaim(couponId, 'ben');
    const [code] = (await app.query<{ code: string }>('SELECT code FROM issuances')).rows;
    const sameCode = insert({ id, user_key: userKey, code: code?.code });
    await expect(sameCode).rejects.toThrow('one_issuance_a_code');
  });

  it('an issuance under another coupon than its id names, or under none', async () => {
    const { id } = loadedClaim(newCouponId(), 'anna');
    await expect(insert({ id })).rejects.toThrow('issuance_belongs_to_its_coupon');
    const unknown = newCouponId();
    const orphan = loadedClaim(unknown, 'anna').id;
    await expect(insert({ id: orphan, coupon_id: unknown })).rejects.toThrow('foreign key');
  });

  it('the application to delete what was promised, or to change the schema', async () => {
    for (const table of ['issuances', 'coupons', 'coupon_fences', 'quarantine']) {
      await expect(app.query(`DELETE FROM ${table}`)).rejects.toThrow('permission denied');
      await expect(app.query(`DROP TABLE ${table}`)).rejects.toThrow('must be owner');
    }
    const fence = app.query(`UPDATE coupon_fences SET end_offsets = '{}'`);
    await expect(fence).rejects.toThrow('permission denied');
    await expect(app.query('CREATE TABLE own (id int)')).rejects.toThrow('permission denied');
  });

  it('and every table says what it is for', async () => {
    const { rows } = await owner.query<{ relname: string }>(
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
         AND relname <> 'migrations' AND obj_description(oid) IS NULL`,
    );
    expect(rows).toEqual([]);
  });
});
