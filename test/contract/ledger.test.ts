import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresIssuanceLedger } from '../../lambdas/adapters/postgres/issuance-ledger.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { postgresRestoreLeases } from '../../lambdas/adapters/postgres/restore-leases.ts';
import { postgresRestoreLedger } from '../../lambdas/adapters/postgres/restore-ledger.ts';
import type {
  CouponLedger,
  IssuanceLedger,
  LoadedClaim,
  RecordLedger,
  RestoreLeases,
  RestoreLedger,
} from '../../lambdas/domain/ports.ts';
import { recordHeaders } from '../../lambdas/functions/record/handler.ts';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import { entryOf as entryOfClaims, recordOf } from '../support/log-entries.ts';
import { definition, newCouponId, operator } from '../support/samples.ts';

type Ledger = CouponLedger & IssuanceLedger & RecordLedger & RestoreLedger & RestoreLeases;

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await newDatabase();
  database = connectDatabase(
    {
      url: testDatabase.appUrl,
      maxConnections: 10,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    },
    () => undefined,
  );
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

function postgresLedger(): Ledger {
  return {
    ...postgresCouponLedger(database),
    ...postgresIssuanceLedger(database),
    ...postgresRecordLedger(database, newCode),
    ...postgresRestoreLedger(database),
    ...postgresRestoreLeases(database),
  };
}

const implementations: [string, () => Ledger][] = [
  ['in memory', () => new MemoryLedger(() => Date.now())],
  ['in PostgreSQL', postgresLedger],
];

describe.each(implementations)('the ledger %s', (_, newLedger) => {
  let ledger: Ledger;
  let couponId: string;

  beforeEach(async () => {
    ledger = newLedger();
    couponId = await newCoupon({ quantity: 3 });
  });

  /** Of a topic of each test's own: the database remembers the places of poison. */
  function entryOf(...args: Parameters<typeof entryOfClaims>): LogEntry {
    return { ...entryOfClaims(...args), topic: `claims of ${couponId}` };
  }

  async function newCoupon(changes: Parameters<typeof definition>[0]): Promise<string> {
    const { id } = await ledger.createCoupon(newCouponId(), definition(changes), operator);
    return id;
  }

  async function issued(): Promise<number | undefined> {
    return (await ledger.findCoupon(couponId))?.coupon.issued;
  }

  describe('keeps coupons', () => {
    it('as they were defined, with nothing issued and no gate yet', async () => {
      const given = definition({
        validity: { from: 1_700_000_000_123, until: 1_900_000_000_456 },
        conditions: { minOrderAmount: 30_000, weekdays: ['sat', 'sun'] },
        discount: { type: 'percent', percent: 15, maxAmount: 10_000, currency: 'KRW' },
      });
      const id = newCouponId();
      const created = await ledger.createCoupon(id, given, operator);
      expect(created).toMatchObject({ ...given, id, issued: 0, epoch: 0, control: 'active' });
      const reading = await ledger.findCoupon(id);
      expect(reading?.coupon).toEqual(created);
      expect(Math.abs((reading?.readAt ?? 0) - Date.now())).toBeLessThan(5_000);
    });

    it('and knows those it has not', async () => {
      expect(await ledger.findCoupon(newCouponId())).toBeUndefined();
    });

    it('and lists them page by page, the newest first, by state', async () => {
      const later = { issueStartsAt: Date.now() + 60_000, issueEndsAt: Date.now() + 120_000 };
      const scheduled: string[] = [];
      for (let i = 0; i < 3; i += 1) scheduled.unshift(await newCoupon(later));
      const first = await ledger.listCoupons({ state: 'scheduled', limit: 2 });
      const after = first.at(-1)?.coupon;
      const second = await ledger.listCoupons({ state: 'scheduled', limit: 1, after });
      const listed = [...first, ...second].map(({ coupon }) => coupon.id);
      expect(new Set(listed)).toEqual(new Set(scheduled));
      const created = [...first, ...second].map(({ coupon }) => coupon.createdAt);
      expect(created).toEqual(created.toSorted((a, b) => b - a));
      const open = await ledger.listCoupons({ state: 'open', limit: 100 });
      expect(open.map(({ coupon }) => coupon.id)).toContain(couponId);
    });

    it('and names those whose issue window is not over', async () => {
      const over = await newCoupon({ issueEndsAt: Date.now() - 1_000 });
      expect(await ledger.couponIdsEndingSince(0)).toContain(couponId);
      expect(await ledger.couponIdsEndingSince(0)).not.toContain(over);
      expect(await ledger.couponIdsEndingSince(60_000)).toContain(over);
    });
  });

  describe('stores a batch', () => {
    it('of accepted claims as issuances with a code and a period of validity', async () => {
      // Just now: what is past its validity would be expired.
      const record = recordOf(couponId, 'anna', { acceptedAt: Date.now() });
      const summary = await ledger.storeBatch([entryOf(record)]);
      expect(summary).toEqual({
        inserted: 1,
        acceptedAt: [record.acceptedAt],
        duplicates: 0,
        late: [],
        quarantined: [],
      });
      const { userKey: _userKey, ...claimed } = record;
      expect(await ledger.findIssuance(record.id)).toMatchObject({
        ...claimed,
        state: 'issued',
        validFrom: record.acceptedAt,
        validUntil: record.acceptedAt + 30 * 24 * 60 * 60 * 1000,
        code: expect.any(String) as unknown,
      });
      expect(await issued()).toBe(1);
    });

    it('whose issuances are expired once their validity is over, though nothing is written', async () => {
      couponId = await newCoupon({ validity: { from: 1, until: Date.now() } });
      const record = recordOf(couponId, 'anna');
      await ledger.storeBatch([entryOf(record)]);
      expect(await ledger.findIssuance(record.id)).toMatchObject({ state: 'expired' });
    });

    it('a second time without any effect, alone or among new ones', async () => {
      couponId = await newCoupon({ quantity: 100 });
      const [anna, ben] = [recordOf(couponId, 'anna'), recordOf(couponId, 'ben')];
      await ledger.storeBatch([entryOf(anna)]);
      const before = await ledger.findIssuance(anna.id);
      const again = await ledger.storeBatch([entryOf(anna), entryOf(ben), entryOf(ben)]);
      expect(again).toMatchObject({ inserted: 1, duplicates: 2, quarantined: [] });
      expect(await ledger.findIssuance(anna.id)).toEqual(before);
      expect(await issued()).toBe(2);
    });

    it('up to the quantity, in offset order, and puts the rest into quarantine', async () => {
      const users = ['d', 'c', 'b', 'a', 'e'];
      const entries = users.map((user, i) => entryOf(recordOf(couponId, user), { offset: i }));
      const summary = await ledger.storeBatch([...entries].reverse());
      expect(summary).toMatchObject({ inserted: 3, duplicates: 0 });
      expect(summary.quarantined.map(({ reason, position }) => [reason, position.offset])).toEqual([
        ['overflow', '3'],
        ['overflow', '4'],
      ]);
      expect(await issued()).toBe(3);
      expect(await ledger.findIssuance(recordOf(couponId, 'b').id)).toBeDefined();
      expect(await ledger.findIssuance(recordOf(couponId, 'a').id)).toBeUndefined();
    });

    it('and leaves in quarantine what is there, though it is delivered again', async () => {
      const entries = ['a', 'b', 'c', 'd'].map((user) => entryOf(recordOf(couponId, user)));
      expect(await ledger.storeBatch(entries)).toMatchObject({ inserted: 3 });
      const other = entryOf(recordOf(newCouponId(), 'x'), { offset: 99 });
      await ledger.storeBatch([other]);
      expect(await ledger.storeBatch([...entries, other])).toEqual({
        inserted: 0,
        acceptedAt: [],
        duplicates: 3,
        late: [],
        quarantined: [],
      });
    });

    it('but what is not readable or of no known coupon, and stores the others', async () => {
      const unknown = recordOf(newCouponId(), 'anna');
      const summary = await ledger.storeBatch([
        entryOf('not JSON', { offset: 0 }),
        entryOf('{"v":2}', { offset: 1 }),
        entryOf(Uint8Array.of(0xff, 0xfe), { offset: 2 }),
        entryOf(undefined, { offset: 3 }),
        entryOf({ ...recordOf(couponId, 'x'), userId: 'nul\u0000' }, { offset: 4 }),
        entryOf(unknown, { offset: 5 }),
        entryOf(recordOf(couponId, 'ben'), { offset: 6 }),
      ]);
      expect(summary.inserted).toBe(1);
      expect(summary.quarantined.map(({ reason }) => reason)).toEqual([
        'malformed',
        'malformed',
        'malformed',
        'malformed',
        'malformed',
        'unknown_coupon',
      ]);
    });

    it('and keeps poison with headers that no JSON of a database takes', async () => {
      const headers = recordHeaders([
        { 'nul\u0000': [0, 1], 'half \ud800': [0xff] },
        { none: null },
        null,
      ]);
      const summary = await ledger.storeBatch([
        { ...entryOf('poison', { offset: 7 }), headers },
        entryOf(recordOf(couponId, 'ben'), { offset: 8 }),
      ]);
      expect(summary).toMatchObject({ inserted: 1, quarantined: [{ reason: 'malformed' }] });
    });

    it('and quarantines a second issuance of the same user and ordinal', async () => {
      const first = recordOf(couponId, 'anna');
      const forged = { ...recordOf(couponId, 'ben'), userKey: first.userKey };
      await ledger.storeBatch([entryOf(first, { offset: 0 })]);
      const summary = await ledger.storeBatch([
        entryOf(forged, { offset: 1 }),
        entryOf(recordOf(couponId, 'carl'), { offset: 2 }),
      ]);
      expect(summary.inserted).toBe(1);
      expect(summary.quarantined).toMatchObject([
        { reason: 'conflict', position: { offset: '1' } },
      ]);
      expect(await issued()).toBe(2);
    });

    it('without the records that are late by a fence', async () => {
      await ledger.beginEpoch(couponId);
      await ledger.beginEpoch(couponId);
      await ledger.storeFence(couponId, {
        epoch: 2,
        topic: `claims of ${couponId}`,
        endOffsets: { '0': '5' },
      });
      const summary = await ledger.storeBatch([
        entryOf(recordOf(couponId, 'in-time'), { offset: 4 }),
        entryOf(recordOf(couponId, 'late'), { offset: 5 }),
        entryOf(recordOf(couponId, 'new-partition'), { partition: 1, offset: 0 }),
        entryOf(recordOf(couponId, 'new-epoch', { epoch: 2 }), { offset: 6 }),
      ]);
      expect(summary.inserted).toBe(2);
      expect(summary.late.map(({ issuanceId }) => issuanceId)).toEqual([
        recordOf(couponId, 'late').id,
        recordOf(couponId, 'new-partition').id,
      ]);
      expect(summary.quarantined).toEqual([]);
    });

    it('several times at once, for several coupons, each row once', async () => {
      const other = await newCoupon({ quantity: 100 });
      couponId = await newCoupon({ quantity: 100 });
      const entries = Array.from({ length: 80 }, (_unused, i) =>
        entryOf(recordOf(i % 2 === 0 ? couponId : other, `user-${i}`), { offset: i }),
      );
      const batches = [entries, entries.slice(20), [...entries].reverse(), entries.slice(0, 60)];
      const summaries = await Promise.all(batches.map((batch) => ledger.storeBatch(batch)));
      expect(summaries.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(80);
      expect(summaries.flatMap(({ quarantined }) => quarantined)).toEqual([]);
      expect(await issued()).toBe(40);
    });
  });

  describe('helps to rebuild gates', () => {
    it('by one lease at a time', async () => {
      expect(await ledger.take(couponId, 'a', 60_000)).toBe(true);
      expect(await ledger.take(couponId, 'b', 60_000)).toBe(false);
      expect(await ledger.take(couponId, 'a', 60_000)).toBe(true);
      await ledger.release(couponId, 'b');
      expect(await ledger.take(couponId, 'b', 60_000)).toBe(false);
      await ledger.release(couponId, 'a');
      expect(await ledger.take(couponId, 'b', 1)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await ledger.take(couponId, 'a', 60_000)).toBe(true);
    });

    it('by fences that are stored once, and never of an epoch that is over', async () => {
      expect(await ledger.beginEpoch(couponId)).toBe(1);
      const fence = { epoch: 1, topic: 'claims', endOffsets: { '0': '5', '1': '0' } };
      expect(await ledger.storeFence(couponId, fence)).toEqual(fence);
      const later = { ...fence, endOffsets: { '0': '9', '1': '1' } };
      expect(await ledger.storeFence(couponId, later)).toEqual(fence);
      expect(await ledger.beginEpoch(couponId)).toBe(2);
      expect(await ledger.storeFence(couponId, later)).toBeUndefined();
      expect(await ledger.findFence(couponId, 1)).toEqual(fence);
      expect(await ledger.findFence(couponId, 2)).toBeUndefined();
    });

    it('by reading all issuances in chunks under the lock', async () => {
      couponId = await newCoupon({ quantity: 100 });
      const records = Array.from({ length: 7 }, (_unused, i) => recordOf(couponId, `user-${i}`));
      await ledger.storeBatch(records.map((record, offset) => entryOf(record, { offset })));
      const chunks = await ledger.withLockedCoupon(couponId, (locked) =>
        Array.fromAsync(locked.issuances(3)),
      );
      expect(chunks.map((chunk) => chunk.length)).toEqual([3, 3, 1]);
      const byId = (a: LoadedClaim, b: LoadedClaim): number => (a.id < b.id ? -1 : 1);
      expect(chunks.flat().toSorted(byId)).toEqual(records.toSorted(byId));
    });

    it('and lets one at a time hold a coupon', async () => {
      let inside = 0;
      const most = await Promise.all(
        Array.from({ length: 5 }, () =>
          ledger.withLockedCoupon(couponId, async () => {
            inside += 1;
            await new Promise((resolve) => setTimeout(resolve, 5));
            return inside--;
          }),
        ),
      );
      expect(most).toEqual([1, 1, 1, 1, 1]);
    });
  });
});
