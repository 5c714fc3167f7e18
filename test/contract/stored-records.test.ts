import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import type { RecordLedger } from '../../lambdas/domain/ports.ts';
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

describe('notices', () => {
  const notices = (): Promise<unknown[]> =>
    column('SELECT issuance_id AS value FROM outbox WHERE coupon_id = $1 ORDER BY id');

  it('are written for the rows that a batch inserted, once each', async () => {
    const [anna, ben] = [recordOf(couponId, 'anna'), recordOf(couponId, 'ben')];
    await ledger.storeBatch([entryOf(anna)]);
    expect(await notices()).toEqual([anna.id]);
    await ledger.storeBatch([entryOf(anna), entryOf(ben)]);
    // Row by row, for there is one too many.
    await ledger.storeBatch([entryOf(ben), ...entriesOf('carl')]);
    expect(await notices()).toEqual([anna.id, ben.id]);
  });
});
