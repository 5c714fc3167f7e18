import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { postgresStatsLedger } from '../../lambdas/adapters/postgres/stats-ledger.ts';
import type { IssuanceCounts, LedgerStats } from '../../lambdas/domain/coupon-stats.ts';
import type { Validity } from '../../lambdas/domain/coupon.ts';
import { migrate, MIGRATIONS, newDatabase, type TestDatabase } from '../support/database.ts';
import { seeded } from '../support/interleaving.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';
import { definition, newCouponId, operator } from '../support/samples.ts';
import { users } from '../support/shoppers.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let testDatabase: TestDatabase;
let database: Database;
let owner: pg.Client;

beforeAll(async () => {
  testDatabase = await newDatabase();
  database = connect(testDatabase.appUrl);
  owner = new pg.Client({ connectionString: testDatabase.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await database.close();
  await testDatabase.drop();
});

function connect(url: string): Database {
  const settings = { maxConnections: 10, connectTimeoutMs: 5_000, statementTimeoutMs: 9_000 };
  return connectDatabase({ url, ...settings }, () => undefined);
}

let couponId: string;

async function newCoupon(validity: Validity, quantity = 10_000): Promise<string> {
  const id = newCouponId();
  await postgresCouponLedger(database).createCoupon(
    id,
    definition({ validity, quantity }),
    operator,
  );
  return id;
}

beforeEach(async () => {
  couponId = await newCoupon({ days: 1 });
});

/** Records claims that were accepted at these times. */
async function issue(names: readonly string[], acceptedAt: () => number): Promise<void> {
  const entries = names.map((user) =>
    entryOf(recordOf(couponId, user, { acceptedAt: acceptedAt() })),
  );
  await postgresRecordLedger(database, newCode).storeBatch(entries);
}

async function stats(): Promise<LedgerStats> {
  const found = await postgresStatsLedger(database).readStats(couponId);
  if (found === undefined) throw new Error('no such coupon');
  return found;
}

/** The same by a count over the rows, at the same moment. */
async function countRows({ reading }: LedgerStats): Promise<IssuanceCounts> {
  const { rows } = await database.query<IssuanceCounts>(
    `SELECT
       count(*) FILTER (WHERE state = 'redeemed')::int AS redeemed,
       count(*) FILTER (WHERE state = 'revoked')::int AS revoked,
       count(*) FILTER (WHERE state = 'held' AND held_until > $2)::int AS held,
       count(*) FILTER (WHERE is_usable AND valid_until <= $2)::int AS expired,
       count(*) FILTER (WHERE is_usable AND valid_until > $2)::int AS issued
     FROM (SELECT *, state = 'issued' OR (state = 'held' AND held_until <= $2) AS is_usable
           FROM issuances) AS issuance
     WHERE coupon_id = $1`,
    [couponId, new Date(reading.readAt)],
  );
  if (rows[0] === undefined) throw new Error('no count');
  return rows[0];
}

/** Moves some of the coupon's issuances from one state to another, as redemptions do. */
async function move(from: string, to: string, count: number, hold = 'NULL'): Promise<void> {
  // The order of a hold comes with the redemptions.
  const { rowCount } = await owner.query(
    `SELECT FROM information_schema.columns WHERE table_name = 'issuances' AND column_name = 'hold_order'`,
  );
  const until = hold === 'NULL' ? hold : `least(${hold}, valid_until)`;
  const order = rowCount === 1 ? `, hold_order = ${hold === 'NULL' ? 'NULL' : `'order'`}` : '';
  await database.query(
    `UPDATE issuances SET state = '${to}', held_until = ${until} ${order}
     WHERE id IN (SELECT id FROM issuances WHERE coupon_id = $1 AND state = '${from}'
                  ORDER BY code LIMIT $2)`,
    [couponId, count],
  );
}

const IN_TEN_MINUTES = `now() + interval '10 minutes'`;
const A_MINUTE_AGO = `now() - interval '1 minute'`;

describe('the figures of a coupon', () => {
  it('are none of a coupon that is not there, and zeros of one that has no issuance', async () => {
    const zeros = { issued: 0, held: 0, redeemed: 0, expired: 0, revoked: 0 };
    expect((await stats()).counts).toEqual(zeros);
    expect(await postgresStatsLedger(database).readStats(newCouponId())).toBeUndefined();
  });

  it('are those of the rows, after any mixture of what can happen to them', async () => {
    const random = seeded(7);
    // Some of them expired hours ago, some in this hour, some by the second, some will.
    const around = (): number =>
      Math.floor(Date.now() - DAY_MS + (random() - 0.6) * (random() < 0.5 ? 4 * HOUR_MS : 20_000));
    for (let round = 0; round < 6; round += 1) {
      await issue(users(`round-${round}`, 120), around);
      await move('issued', 'held', Math.floor(random() * 30), IN_TEN_MINUTES);
      await move('issued', 'held', Math.floor(random() * 30), A_MINUTE_AGO);
      await move('held', 'redeemed', Math.floor(random() * 20));
      await move('issued', 'redeemed', Math.floor(random() * 20));
      await move('redeemed', 'issued', Math.floor(random() * 10));
      await move('held', 'issued', Math.floor(random() * 10));
      await move('issued', 'revoked', Math.floor(random() * 20));
      const found = await stats();
      expect(found.counts).toEqual(await countRows(found));
      expect(found.reading.coupon.issued).toBe((round + 1) * 120);
    }
    const { counts } = await stats();
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
  });

  it('have a period expire as a whole, to the second', async () => {
    const until = Math.ceil(Date.now() / 1_000) * 1_000 + 2_000;
    couponId = await newCoupon({ from: until - DAY_MS, until });
    await issue(users('all', 50), () => Date.now());
    expect((await stats()).counts).toMatchObject({ issued: 50, expired: 0 });
    for (;;) {
      const { counts, reading } = await stats();
      expect(counts.expired).toBe(reading.readAt >= until ? 50 : 0);
      if (counts.expired > 0) break;
    }
  });

  it('are right when many record, redeem and roll back at once, and nobody deadlocks', async () => {
    // All in one shard, as connections meet by chance.
    await owner.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET issuance_counts.shard = 3', current_database()); END $$`,
    );
    const before = await deadlocks();
    const crowded = connect(testDatabase.appUrl);
    const other = await newCoupon({ days: 1 }, 150);
    try {
      const ledger = postgresRecordLedger(crowded, newCode);
      const batchOf = (name: string): Promise<unknown> =>
        ledger.storeBatch(
          users(name, 40).flatMap((user) => [
            entryOf(recordOf(couponId, user, { acceptedAt: Date.now() })),
            // More than there is: those batches go the careful way.
            entryOf(recordOf(other, user, { acceptedAt: Date.now() })),
          ]),
        );
      const redeem = (): Promise<unknown> =>
        crowded.query(
          `UPDATE issuances SET state = CASE state WHEN 'issued' THEN 'redeemed' ELSE 'issued' END
           WHERE id IN (SELECT id FROM issuances WHERE coupon_id = $1 ORDER BY random() LIMIT 1)`,
          [couponId],
        );
      for (let round = 0; round < 4; round += 1) {
        const batches = Array.from({ length: 5 }, (_, i) => batchOf(`round-${round}-${i}`));
        await Promise.all([...batches, ...Array.from({ length: 40 }, redeem)]);
      }
    } finally {
      await crowded.close();
      await owner.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', current_database()); END $$`,
      );
    }
    for (const id of [couponId, other]) {
      couponId = id;
      const found = await stats();
      expect(found.counts).toEqual(await countRows(found));
    }
    expect((await stats()).reading.coupon.issued).toBe(150);
    expect(await deadlocks()).toBe(before);
  });

  it('are asked of the counts, not of the rows', async () => {
    await issue(users('many', 300), () => Date.now() - DAY_MS);
    await owner.query('ANALYZE issuances, issuance_counts');
    const plans: string[] = [];
    const explaining: Database = {
      ...database,
      query: async (text, values) => {
        const { rows } = await owner.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN ${text.replaceAll('$1', `'${couponId}'`)}`,
        );
        plans.push(...rows.map((row) => row['QUERY PLAN']));
        return database.query(text, values);
      },
    };
    await postgresStatsLedger(explaining).readStats(couponId);
    const plan = plans.join('\n');
    expect(plan).toMatch(/(on|using) issuances_with_a_hold/);
    expect(plan).not.toContain('Seq Scan on issuances');
  });

  it('can be written by the trigger alone', async () => {
    for (const statement of [
      `INSERT INTO issuance_counts VALUES ('${couponId}', 1, now(), 0, 1, 0, 0)`,
      'UPDATE issuance_counts SET usable = 0',
      'DELETE FROM issuance_counts',
    ]) {
      await expect(database.query(statement)).rejects.toThrow('permission denied');
    }
  });

  async function deadlocks(): Promise<number> {
    await owner.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await owner.query<{ deadlocks: string }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(rows[0]?.deadlocks);
  }
});

/** As they were written before the counts: today's code knows columns that came later. */
const OLD_COUPON = `
  INSERT INTO coupons (id, name, quantity, issued, per_user_limit, issue_starts_at, issue_ends_at,
    valid_days, discount, conditions, created_by)
  VALUES ($1, 'Old', 1000, 100, 1, now() - interval '2 days', now() + interval '1 day', 1,
    '{"type":"amount","amount":1,"currency":"KRW"}', '{}', 'somebody')`;
const OLD_ISSUANCES = `
  INSERT INTO issuances (id, coupon_id, user_key, user_id, ordinal, sequence, epoch, code,
    accepted_at, valid_from, valid_until)
  SELECT $1 || '_' || lpad(i::text, 22, '0'), $1, 'user' || i, 'user' || i, 1, i, 1, 'code' || i,
    now() - interval '2 days', now() - interval '2 days', now() + $4::interval
  FROM generate_series($2::int + 1, $2::int + $3::int) AS i`;

it('issuances that are there before the counts are counted, too', async () => {
  const earlier = mkdtempSync(join(tmpdir(), 'coupon-migrations-'));
  for (const file of readdirSync(MIGRATIONS).filter((name) => name < '0006')) {
    cpSync(join(MIGRATIONS, file), join(earlier, file));
  }
  const old = await newDatabase(earlier);
  const before = database;
  try {
    database = connect(old.appUrl);
    couponId = newCouponId();
    await database.query(OLD_COUPON, [couponId]);
    await database.query(OLD_ISSUANCES, [couponId, 0, 70, '-1 hour']);
    await database.query(OLD_ISSUANCES, [couponId, 70, 30, '1 day']);
    await migrate(old.ownerUrl, MIGRATIONS);
    await issue(users('after', 5), () => Date.now());
    expect((await stats()).counts).toMatchObject({ issued: 35, expired: 70 });
  } finally {
    await database.close();
    database = before;
    await old.drop();
    rmSync(earlier, { recursive: true });
  }
});
