import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import { connectDatabase, type Database } from '../../lambdas/adapters/postgres/database.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import { CleanUp } from '../support/clean-up.ts';
import { newDatabase } from '../support/database.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';
import { definition, newCouponId, operator } from '../support/samples.ts';
import { loadMillion, ROWS } from './million-issuances.ts';

const SLOW_MS = 600_000;
const BATCHES = 40;
const BATCH = 500;
/** Of the empty table's rate. */
const LEAST_RATIO = 0.8;

const cleanUp = new CleanUp();
let empty: Database;
let full: Database;

beforeAll(async () => {
  const emptyDatabase = cleanUp.add(await newDatabase(), (made) => made.drop());
  const fullDatabase = cleanUp.add(await newDatabase(), (made) => made.drop());
  const owner = new pg.Client({ connectionString: fullDatabase.ownerUrl });
  await owner.connect();
  try {
    await loadMillion(owner);
  } finally {
    await owner.end();
  }
  empty = connect(emptyDatabase.appUrl);
  full = connect(fullDatabase.appUrl);
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

function connect(url: string): Database {
  const patience = { connectTimeoutMs: 5_000, statementTimeoutMs: 10_000 };
  const database = connectDatabase({ url, maxConnections: 1, ...patience }, () => undefined);
  return cleanUp.add(database, (opened) => opened.close());
}

it(
  `records over ${ROWS.toLocaleString('en')} rows at 80 % of an empty table's rate at least`,
  async () => {
    const tables = [await newTable(empty), await newTable(full)] as const;
    const spent: [number[], number[]] = [[], []];
    // In turns, so that both share whatever else the machine does; the first is for warming up.
    for (let batch = 0; batch <= BATCHES; batch += 1) {
      for (const [i, table] of tables.entries()) {
        const ms = await table.store(batch);
        if (batch > 0) spent[i]?.push(ms);
      }
    }
    // The median: a checkpoint or another program hits one batch, not all.
    const [ofEmpty = 0, ofFull = 0] = spent.map((ms) => (BATCH * 1000) / median(ms));
    const ratio = ofFull / ofEmpty;
    process.stderr.write(
      `recorded ${ofEmpty.toFixed(0)} rows/s into an empty table, ${ofFull.toFixed(0)} into the full one: ${ratio.toFixed(2)}\n`,
    );
    expect(ratio).toBeGreaterThanOrEqual(LEAST_RATIO);
  },
  SLOW_MS,
);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

interface Table {
  /** Stores the batch; returns how long it took, in milliseconds. */
  store(batch: number): Promise<number>;
}

async function newTable(database: Database): Promise<Table> {
  const couponId = newCouponId();
  const given = definition({ quantity: 1_000_000 });
  await postgresCouponLedger(database).createCoupon(couponId, given, operator);
  const ledger = postgresRecordLedger(database, newCode);
  return {
    async store(batch) {
      const entries = Array.from({ length: BATCH }, (_, i): LogEntry => {
        const sequence = batch * BATCH + i + 1;
        return entryOf(recordOf(couponId, `user-${sequence}`, { sequence }));
      });
      const begun = performance.now();
      const { inserted } = await ledger.storeBatch(entries);
      const ms = performance.now() - begun;
      expect(inserted).toBe(BATCH);
      return ms;
    },
  };
}
