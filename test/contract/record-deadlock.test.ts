import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { lockCrosswise } from '../faults/bench/crosswise-locks.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';

let rows: IssuedRows;

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

it('a batch that PostgreSQL ends to break a deadlock is stored by the next try', async () => {
  const coupons = [await rows.newCoupon(), await rows.newCoupon()];
  const batch = coupons.map((couponId) => entryOf(recordOf(couponId, 'anna')));
  const ledger = postgresRecordLedger(rows.database, newCode);

  let stored: Promise<unknown> = Promise.resolve();
  await lockCrosswise(rows.ownerUrl, coupons, () => {
    stored = ledger.storeBatch(batch);
    // Its failure is told below.
    stored.catch(() => undefined);
  });

  expect(await stored).toMatchObject({ inserted: 2, quarantined: [] });
});
