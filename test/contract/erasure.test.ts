import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newCode, newGrantId } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresErasureLedger } from '../../lambdas/adapters/postgres/erasure-ledger.ts';
import { postgresGrantLedger } from '../../lambdas/adapters/postgres/grant-ledger.ts';
import { postgresGrantWork } from '../../lambdas/adapters/postgres/grant-work.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import type { ClaimRecord } from '../../lambdas/domain/claim-record.ts';
import type { CouponDefinition } from '../../lambdas/domain/coupon.ts';
import { ERASURE_MARGIN_MS } from '../../lambdas/domain/erasure.ts';
import type { RecordLedger } from '../../lambdas/domain/ports.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';
import { definition, grantedUsers, ids, newCouponId, operator } from '../support/samples.ts';
import { tablesNaming } from '../support/traces.ts';
import { until } from '../support/until.ts';

let testDatabase: TestDatabase;
let database: Database;
let owner: pg.Client;
let records: RecordLedger;
/** Nobody is called like a column, or like another test's. */
let userId: string;
let userCount = 0;

beforeAll(async () => {
  testDatabase = await newDatabase();
  const settings = { maxConnections: 8, connectTimeoutMs: 5_000, statementTimeoutMs: 9_000 };
  database = connectDatabase({ url: testDatabase.appUrl, ...settings }, () => undefined);
  records = postgresRecordLedger(database, newCode);
  owner = new pg.Client({ connectionString: testDatabase.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await database.close();
  await testDatabase.drop();
});

beforeEach(() => {
  userId = `erika "the ${(userCount += 1)}th" 에리카`;
});

const erase = (): Promise<string[]> =>
  postgresErasureLedger(database).eraseUser({ id: userId, key: ids.userKey(userId) }, operator);

async function newCoupon(changes: Partial<CouponDefinition> = {}): Promise<string> {
  const coupon = definition({ quantity: 5, ...changes });
  return (await postgresCouponLedger(database).createCoupon(newCouponId(), coupon, operator)).id;
}

/** The user's record, accepted an hour ago unless told otherwise. */
function record(couponId: string, changes: Partial<ClaimRecord> = {}): ClaimRecord {
  return recordOf(couponId, userId, { acceptedAt: Date.now() - 3_600_000, ...changes });
}

async function namesIn(couponId: string): Promise<(string | null)[]> {
  const { rows } = await owner.query<{ user_id: string | null }>(
    'SELECT user_id FROM issuances WHERE coupon_id = $1 ORDER BY user_id',
    [couponId],
  );
  return rows.map(({ user_id }) => user_id);
}

describe('an erasure', () => {
  it('leaves the user’s id in no table, and everything else as it was', async () => {
    const [first, second] = [await newCoupon(), await newCoupon({ quantity: 1 })];
    const own = [record(first), record(second)];
    await records.storeBatch([...own, recordOf(first, 'other')].map((each) => entryOf(each)));
    // Quarantined: more than there is stock, and nothing that could be read.
    await records.storeBatch([
      entryOf(record(second, { id: `${second}_${'B'.repeat(22)}`, ordinal: 2 })),
      entryOf(JSON.stringify({ v: 9, userId, couponId: first })),
      entryOf(`{"userId" : ${JSON.stringify(userId)}, broken`),
    ]);
    const grants = postgresGrantLedger(database);
    const order = { id: newGrantId(), couponId: first, duplicates: 0 };
    const users = grantedUsers([userId, 'other']);
    await grants.createGrant({ ...order, users }, operator);
    const counts = 'SELECT count(*), count(discarded_at) FROM quarantine';
    const [before] = (await owner.query(counts)).rows as unknown[];
    expect(await tablesNaming(owner, userId)).toEqual(['grant_users', 'issuances', 'quarantine']);

    expect((await erase()).toSorted()).toEqual(own.map(({ id }) => id).toSorted());

    expect(await tablesNaming(owner, userId)).toEqual([]);
    expect(await namesIn(first)).toEqual(['other', null]);
    expect(await namesIn(second)).toEqual([null]);
    expect((await owner.query(counts)).rows).toEqual([before]);
    expect(await grants.findGrant(order.id)).toMatchObject({
      total: 2,
      pending: 1,
      outcomes: { erased: 1 },
    });
    const { rows } = await owner.query<{ value: Buffer }>(
      `SELECT value FROM quarantine WHERE issuance_id = $1`,
      [`${second}_${'B'.repeat(22)}`],
    );
    expect(JSON.parse(String(rows[0]?.value))).toMatchObject({ userId: null, couponId: second });
  });

  it('can be asked for again, and for a user whom nobody knows; each time is in the audit, by key', async () => {
    expect(await erase()).toEqual([]);
    const couponId = await newCoupon();
    await records.storeBatch([entryOf(record(couponId))]);
    const [id] = await erase();
    expect(await erase()).toEqual([id]);
    const { rows } = await owner.query(
      `SELECT actor, coupon_id, details FROM audit WHERE action = 'user.erased' AND subject = $1`,
      [ids.userKey(userId)],
    );
    expect(rows).toEqual(
      [1, 2, 3].map(() => ({ actor: 'operator', coupon_id: null, details: {} })),
    );
    expect(await tablesNaming(owner, userId)).toEqual([]);
  });

  it('is not undone by a record that comes later, nor by one that is quarantined', async () => {
    const couponId = await newCoupon({ quantity: 1 });
    await erase();
    const late = entryOf(record(couponId));
    expect(await records.storeBatch([late])).toMatchObject({ inserted: 1 });
    expect(await records.storeBatch([late])).toMatchObject({ inserted: 0, duplicates: 1 });
    const tooMany = record(couponId, { id: `${couponId}_${'C'.repeat(22)}`, ordinal: 2 });
    expect(await records.storeBatch([entryOf(tooMany)])).toMatchObject({
      quarantined: [{ reason: 'overflow' }],
    });
    expect(await namesIn(couponId)).toEqual([null]);
    expect(await tablesNaming(owner, userId)).toEqual([]);
  });

  it('holds for records of the seconds around it, and not for a user who comes back later', async () => {
    const [before, around, after] = [await newCoupon(), await newCoupon(), await newCoupon()];
    await erase();
    const { rows } = await owner.query<{ ms: number }>(
      `UPDATE erasures SET erased_at = erased_at - interval '1 hour' WHERE user_key = $1
       RETURNING (extract(epoch FROM erased_at) * 1000)::float8 AS ms`,
      [ids.userKey(userId)],
    );
    const erasedAt = Math.round(rows[0]?.ms ?? 0);
    const accepted: [string, number][] = [
      [before, erasedAt - 1],
      [around, erasedAt + ERASURE_MARGIN_MS - 10],
      [after, erasedAt + ERASURE_MARGIN_MS + 10],
    ];
    await records.storeBatch(
      accepted.map(([couponId, acceptedAt]) => entryOf(record(couponId, { acceptedAt }))),
    );
    expect(await namesIn(before)).toEqual([null]);
    expect(await namesIn(around)).toEqual([null]);
    expect(await namesIn(after)).toEqual([userId]);
    // And goes again.
    expect(await erase()).toHaveLength(3);
    expect(await namesIn(after)).toEqual([null]);
    const between = await newCoupon();
    const acceptedAt = erasedAt + 2 * ERASURE_MARGIN_MS;
    await records.storeBatch([entryOf(record(between, { acceptedAt }))]);
    expect(await namesIn(between)).toEqual([null]);
  });

  it('keeps the limit: the same user gets no second row', async () => {
    const couponId = await newCoupon();
    await records.storeBatch([entryOf(record(couponId))]);
    await erase();
    const second = record(couponId, { id: `${couponId}_${'D'.repeat(22)}` });
    expect(await records.storeBatch([entryOf(second)])).toMatchObject({
      quarantined: [{ reason: 'conflict' }],
    });
    expect(await namesIn(couponId)).toEqual([null]);
  });

  it('misses no batch that is being stored at the same time', async () => {
    const couponId = await newCoupon();
    const { id, userKey } = record(couponId);
    const blocker = new pg.Client({ connectionString: testDatabase.appUrl });
    await blocker.connect();
    try {
      // The batch knows of no erasure, and waits for the end of another insert.
      await blocker.query('BEGIN');
      await blocker.query(
        `INSERT INTO issuances (id, coupon_id, user_key, ordinal, sequence, epoch, code,
           accepted_at, valid_from, valid_until)
         VALUES ($1, $2, $3, 1, 1, 1, $1, now(), now(), now())`,
        [id, couponId, userKey],
      );
      const batch = records.storeBatch([entryOf(record(couponId))]);
      await waiting(1);
      const erasure = erase();
      // Without waiting for the batch the erasure would be over.
      await Promise.race([erasure, waiting(2)]);
      await blocker.query('ROLLBACK');
      expect(await batch).toMatchObject({ inserted: 1 });
      await erasure;
    } finally {
      await blocker.end();
    }
    expect(await namesIn(couponId)).toEqual([null]);
  });

  function waiting(count: number): Promise<true> {
    return until(`${count} that wait for a lock`, 5_000, async () => {
      const { rowCount } = await owner.query(
        `SELECT FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return (rowCount ?? 0) >= count ? true : undefined;
    });
  }

  it('cancels what a grant still had for the user, and the grant is finished without it', async () => {
    const couponId = await newCoupon();
    const [grants, work] = [postgresGrantLedger(database), postgresGrantWork(database)];
    const id = newGrantId();
    const users = grantedUsers([userId, 'other']);
    await grants.createGrant({ id, couponId, users, duplicates: 0 }, operator);
    const issuanceId = record(couponId).id;
    await work.settle(id, [{ position: 2, outcome: { kind: 'accepted', issuanceId } }]);
    await erase();
    expect(await work.pendingUsers(id, 10)).toEqual([]);
    // The claim was under way: what comes of it changes nothing any more.
    const late = { position: 1, outcome: { kind: 'accepted', issuanceId } } as const;
    expect(await work.settle(id, [late])).toBe(true);
    expect(await grants.findGrant(id)).toMatchObject({
      total: 2,
      pending: 0,
      outcomes: { accepted: 1, erased: 1 },
    });
  });
});
