import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import type { RecordLedger } from '../../lambdas/domain/ports.ts';
import { LedgerUnavailable } from '../../lambdas/domain/ports.ts';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';

let rows: IssuedRows;
let ledger: RecordLedger;
let couponId: string;

beforeAll(async () => {
  rows = await IssuedRows.open();
  ledger = postgresRecordLedger(rows.database, newCode);
});

afterAll(() => rows.close());

beforeEach(async () => {
  couponId = await rows.newCoupon({ quantity: 2 });
});

function entriesOf(...users: readonly string[]): LogEntry[] {
  return users.map((user) => entryOf(recordOf(couponId, user)));
}

async function addStock(): Promise<void> {
  await rows.owner.query('UPDATE coupons SET quantity = 10 WHERE id = $1', [couponId]);
}

async function column(statement: string): Promise<unknown[]> {
  const { rows: found } = await rows.owner.query<{ value: unknown }>(statement, [couponId]);
  return found.map(({ value }) => value);
}

const issued = (): Promise<unknown[]> =>
  column('SELECT user_id AS value FROM issuances WHERE coupon_id = $1 ORDER BY user_id');

describe('a record that was quarantined', () => {
  it('stays in quarantine when it is delivered again, though there is stock by then', async () => {
    const entries = entriesOf('anna', 'ben', 'carl');
    expect(await ledger.storeBatch(entries)).toMatchObject({
      inserted: 2,
      quarantined: [{ reason: 'overflow' }],
    });
    await addStock();
    const again = await ledger.storeBatch([...entries, ...entriesOf('dora')]);
    expect(again).toMatchObject({ inserted: 1, duplicates: 2, quarantined: [] });
    expect(await issued()).toEqual(['anna', 'ben', 'dora']);
  });

  it('does not keep its user from a new claim, which has the same id at another place', async () => {
    await ledger.storeBatch(entriesOf('anna', 'ben', 'carl'));
    await addStock();
    expect(await ledger.storeBatch(entriesOf('carl'))).toMatchObject({ inserted: 1 });
    expect(await issued()).toEqual(['anna', 'ben', 'carl']);
  });
});

describe('a record', () => {
  it('is not quarantined because the database is too slow: the batch fails as a whole', async () => {
    const settings = { maxConnections: 1, connectTimeoutMs: 5_000, statementTimeoutMs: 200 };
    const impatient = connectDatabase({ url: rows.appUrl, ...settings }, () => undefined);
    const anna = recordOf(couponId, 'anna');
    const entries = [entryOf(anna)];
    const other = new pg.Client({ connectionString: rows.appUrl });
    await other.connect();
    try {
      // Whoever inserts the same id waits for the end of this.
      await other.query('BEGIN');
      await other.query(
        `INSERT INTO issuances (id, coupon_id, user_key, ordinal, sequence, epoch, code,
           accepted_at, valid_from, valid_until)
         VALUES ($1, $2, 'other', 1, 1, 1, 'other', now(), now(), now() + interval '1 day')`,
        [anna.id, couponId],
      );
      const stored = postgresRecordLedger(impatient, newCode).storeBatch(entries);
      await expect(stored).rejects.toThrow(LedgerUnavailable);
      await other.query('ROLLBACK');
    } finally {
      await other.end();
      await impatient.close();
    }
    expect(await ledger.storeBatch(entries)).toMatchObject({ inserted: 1, quarantined: [] });
  });
});
