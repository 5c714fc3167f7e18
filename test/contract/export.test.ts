import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresExportLedger } from '../../lambdas/adapters/postgres/export-ledger.ts';
import type { ExportedIssuance } from '../../lambdas/domain/export.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import { insertIssuanceRows } from '../support/issuance-rows.ts';
import { definition, newCouponId, operator } from '../support/samples.ts';

const HOUR_MS = 3_600_000;

let testDatabase: TestDatabase;
let database: Database;
let owner: pg.Client;
let couponId: string;

beforeAll(async () => {
  testDatabase = await newDatabase();
  const settings = { maxConnections: 4, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };
  database = connectDatabase({ url: testDatabase.appUrl, ...settings }, () => undefined);
  owner = new pg.Client({ connectionString: testDatabase.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await database.close();
  await testDatabase.drop();
});

beforeEach(async () => {
  couponId = await newCoupon();
});

async function newCoupon(): Promise<string> {
  const coupon = definition({ quantity: 1_000_000, perUserLimit: 3 });
  return (await postgresCouponLedger(database).createCoupon(newCouponId(), coupon, operator)).id;
}

const list = (limit: number, after?: ExportedIssuance): Promise<ExportedIssuance[]> =>
  postgresExportLedger(database).listIssuances({ couponId, limit, after });

/** Page by page to the end; `between` the pages something may happen. */
async function everyPage(
  limit: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<ExportedIssuance[]> {
  const all: ExportedIssuance[] = [];
  for (;;) {
    const page = await list(limit, all.at(-1));
    all.push(...page);
    if (page.length < limit) return all;
    await between();
  }
}

describe('an export', () => {
  it('shows issuances as they are, without their codes', async () => {
    await insertIssuanceRows(owner, couponId, { count: 1, userPrefix: 'anna' });
    const [issuance, ...others] = await list(10);
    expect(others).toEqual([]);
    expect(issuance).toEqual({
      id: expect.stringMatching(`^${couponId}_`),
      userId: 'anna1',
      state: 'issued',
      sequence: 1,
      acceptedAt: expect.any(Number),
      issuedAt: expect.any(Number),
      validFrom: expect.any(Number),
      validUntil: expect.any(Number),
      orderId: null,
      redeemedAt: null,
    });
  });

  it('shows as expired what is past its validity by the database’s clock, and was not used', async () => {
    const past = new Date(Date.now() - HOUR_MS);
    await insertIssuanceRows(owner, couponId, { count: 2, validUntil: past });
    await owner.query(
      `UPDATE issuances SET state = 'redeemed' WHERE coupon_id = $1 AND sequence = 1`,
      [couponId],
    );
    const states = (await list(10)).toSorted((a, b) => a.sequence - b.sequence);
    expect(states.map(({ state }) => state)).toEqual(['redeemed', 'expired']);
  });

  it('has each row that was there at its beginning exactly once, whatever is added meanwhile', async () => {
    await insertIssuanceRows(owner, couponId, { count: 1_000, userPrefix: 'early' });
    await insertIssuanceRows(owner, await newCoupon(), { count: 50, userPrefix: 'foreign' });
    let added = 0;
    const exported = await everyPage(97, () =>
      insertIssuanceRows(owner, couponId, {
        count: 40,
        userPrefix: 'late',
        from: 1_001 + 40 * (added += 1),
      }),
    );
    expect(added).toBeGreaterThan(9);
    const ids = exported.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const early = exported.filter(({ userId }) => userId?.startsWith('early'));
    expect(early).toHaveLength(1_000);
    expect(exported.filter(({ userId }) => userId?.startsWith('foreign'))).toEqual([]);
    expect(ids.length).toBeGreaterThan(1_000);
  });

  it('has the order of the line, and loses none of those that should have the same place', async () => {
    await insertIssuanceRows(owner, couponId, { count: 6 });
    await insertIssuanceRows(owner, couponId, { count: 6, ordinal: 2, firstUser: 3 });
    const exported = await everyPage(5);
    const sequences = exported.map(({ sequence }) => sequence);
    expect(sequences).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    expect(new Set(exported.map(({ id }) => id)).size).toBe(12);
  });

  it('is noted in the audit, and its further pages belong to who began it', async () => {
    const exports = postgresExportLedger(database);
    const id = (await exports.beginExport(couponId, operator, { format: 'csv' })) ?? '';
    const { rows } = await owner.query(
      `SELECT id::text, actor, details FROM audit
       WHERE coupon_id = $1 AND action = 'issuances.exported'`,
      [couponId],
    );
    expect(rows).toEqual([{ id, actor: 'operator', details: { format: 'csv' } }]);
    expect(await exports.hasBegun(id, couponId, operator)).toBe(true);
    const other = { id: 'another', requestId: 'r' };
    expect(await exports.hasBegun(id, couponId, other)).toBe(false);
    expect(await exports.hasBegun(id, await newCoupon(), operator)).toBe(false);
    const created = await owner.query<{ id: string }>(
      `SELECT id::text FROM audit WHERE coupon_id = $1 AND action = 'coupon.created'`,
      [couponId],
    );
    const ofAnotherAct = created.rows[0]?.id ?? '';
    expect(await exports.hasBegun(ofAnotherAct, couponId, operator)).toBe(false);
    expect(await exports.beginExport(newCouponId(), operator, {})).toBeUndefined();
  });

  it('reads each page along one index, however many rows there are', async () => {
    await insertIssuanceRows(owner, couponId, { count: 20_000 });
    await owner.query('ANALYZE issuances');
    const plan = await planOfThePage(5_000);
    expect(plan).toContain('Index Scan using issuances_in_line');
    expect(plan).not.toMatch(/(Seq Scan|Bitmap Heap Scan) on issuances/);
  });

  /** Of the statement that the adapter really sends. */
  async function planOfThePage(limit: number): Promise<string> {
    const statements: [string, readonly unknown[]][] = [];
    const watched: Database = {
      ...database,
      query: (text, values = []) => {
        statements.push([text, values]);
        return database.query(text, values);
      },
    };
    const after = { sequence: 10_000, id: '' };
    await postgresExportLedger(watched).listIssuances({ couponId, limit, after });
    const [[statement, values] = ['', []]] = statements;
    const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement}`, [
      ...values,
    ]);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }
});
