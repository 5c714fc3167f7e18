import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponChanges } from '../../lambdas/adapters/postgres/coupon-changes.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { termsOf } from '../../lambdas/domain/coupon-changes.ts';
import type { Coupon, CouponTerms } from '../../lambdas/domain/coupon.ts';
import type {
  ChangeDecision,
  CouponChanges,
  CouponLedger,
  RecordLedger,
} from '../../lambdas/domain/ports.ts';
import { GateOutcomeUnknown } from '../../lambdas/domain/ports.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';
import { definition, newCouponId, operator } from '../support/samples.ts';

type Ledger = CouponLedger & CouponChanges & RecordLedger;

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await newDatabase();
  const settings = { maxConnections: 10, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };
  database = connectDatabase({ url: testDatabase.appUrl, ...settings }, () => undefined);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const implementations: [string, () => Ledger][] = [
  ['in memory', () => new MemoryLedger(() => Date.now())],
  [
    'in PostgreSQL',
    () => ({
      ...postgresCouponLedger(database),
      ...postgresCouponChanges(database),
      ...postgresRecordLedger(database, newCode),
    }),
  ],
];

function write(coupon: Coupon, changes: Partial<CouponTerms>): ChangeDecision<never> {
  const audit = { actor: operator, action: 'coupon.changed', couponId: coupon.id } as const;
  return { kind: 'write', terms: { ...termsOf(coupon), ...changes }, audit };
}

describe.each(implementations)('changes of coupons %s', (_, newLedger) => {
  let ledger: Ledger;
  let couponId: string;

  beforeEach(async () => {
    ledger = newLedger();
    const coupon = await ledger.createCoupon(newCouponId(), definition(), operator);
    couponId = coupon.id;
  });

  const change = (changes: Partial<CouponTerms>): ReturnType<typeof ledger.changeCoupon> =>
    ledger.changeCoupon(couponId, ({ coupon }) => Promise.resolve(write(coupon, changes)));

  async function stored(): Promise<Coupon | undefined> {
    return (await ledger.findCoupon(couponId))?.coupon;
  }

  it('are written whole, as the next version', async () => {
    const before = await stored();
    const changes: CouponTerms = {
      name: 'Other',
      description: '다른 쿠폰',
      quantity: 3,
      issueEndsAt: Date.now() + 123_456,
      control: 'paused',
    };
    const changed = await change(changes);
    expect(changed).toMatchObject({
      kind: 'stands',
      reading: { coupon: { ...before, ...changes, version: 2 } },
    });
    expect(await stored()).toEqual({ ...before, ...changes, version: 2 });
  });

  it('are decided on the coupon as it is, by the clock of the ledger', async () => {
    await change({ quantity: 7 });
    await ledger.changeCoupon(couponId, ({ coupon, readAt }) => {
      expect(coupon).toMatchObject({ quantity: 7, version: 2 });
      expect(Math.abs(readAt - Date.now())).toBeLessThan(5_000);
      return Promise.resolve({ kind: 'keep' });
    });
  });

  it('are none when it is so already, or when they are refused, or of no coupon', async () => {
    const before = await stored();
    const kept = await ledger.changeCoupon(couponId, () => Promise.resolve({ kind: 'keep' }));
    expect(kept).toMatchObject({ kind: 'stands', reading: { coupon: before } });
    const refuse: ChangeDecision<string> = { kind: 'refuse', refusal: 'no' };
    const refused = await ledger.changeCoupon(couponId, () => Promise.resolve(refuse));
    expect(refused).toEqual({ kind: 'refused', refusal: 'no' });
    expect(await stored()).toEqual(before);
    couponId = newCouponId();
    expect(await change({ quantity: 3 })).toBeUndefined();
  });

  it('are none when the decision fails, which keeps its reason', async () => {
    const before = await stored();
    const failure = new GateOutcomeUnknown('Connection is closed.');
    const changing = ledger.changeCoupon(couponId, () => Promise.reject(failure));
    await expect(changing).rejects.toBe(failure);
    expect(await stored()).toEqual(before);
    expect(await change({ quantity: 3 })).toMatchObject({ kind: 'stands' });
  });

  it('wait for each other: each is decided on what the one before has left', async () => {
    const seen: number[] = [];
    await Promise.all(
      Array.from({ length: 6 }, () =>
        ledger.changeCoupon(couponId, async ({ coupon }) => {
          seen.push(coupon.version);
          await new Promise((resolve) => setTimeout(resolve, 5));
          return write(coupon, { quantity: coupon.quantity + 1 });
        }),
      ),
    );
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await stored()).toMatchObject({ version: 7, quantity: 16 });
  });

  it('let nothing be counted meanwhile that they have not seen', async () => {
    const entries = ['a', 'b', 'c'].map((user) => entryOf(recordOf(couponId, user)));
    let batch: Promise<unknown> | undefined;
    await ledger.changeCoupon(couponId, async ({ coupon }) => {
      batch = ledger.storeBatch(entries.slice(0, 2));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await ledger.findCoupon(couponId))?.coupon.issued).toBe(coupon.issued);
      return write(coupon, { quantity: 2 });
    });
    expect(await batch).toMatchObject({ inserted: 2 });
    expect(await ledger.storeBatch(entries)).toMatchObject({
      inserted: 0,
      quarantined: [{ reason: 'overflow' }],
    });
  });

  it('have a version that the gate has not heard of, where it has to be told anew', async () => {
    await change({ quantity: 3 });
    await change({ quantity: 4 });
    const told = async (version: number, restricted = false): Promise<number> =>
      (await ledger.raiseVersion(couponId, { version, restricted })).version;
    expect(await told(2)).toBe(3);
    expect(await told(2, true)).toBe(3);
    expect(await told(3)).toBe(3);
    expect(await told(3, true)).toBe(4);
    expect(await told(9)).toBe(10);
    expect(await stored()).toMatchObject({ version: 10, quantity: 4 });
    await expect(
      ledger.raiseVersion(newCouponId(), { version: 1, restricted: false }),
    ).rejects.toThrow('is gone');
  });
});

describe('the audit of a change', () => {
  it('is written in its transaction, or not at all', async () => {
    const ledger = { ...postgresCouponLedger(database), ...postgresCouponChanges(database) };
    const { id } = await ledger.createCoupon(newCouponId(), definition(), operator);
    const details = { before: { quantity: 10 }, after: { quantity: 3 } };
    const changeBy = (quantity: number): Promise<unknown> =>
      ledger.changeCoupon(id, ({ coupon }) => {
        const audit = { actor: operator, action: 'coupon.changed', couponId: id, details } as const;
        return Promise.resolve({ kind: 'write', terms: { ...termsOf(coupon), quantity }, audit });
      });
    await changeBy(3);
    await expect(changeBy(0)).rejects.toThrow('coupons_quantity_check');
    const { rows } = await database.query(
      `SELECT actor, details, request_id, audit.xmin = coupons.xmin AS "isOneTransaction"
       FROM audit JOIN coupons ON coupons.id = coupon_id
       WHERE coupon_id = $1 AND action = 'coupon.changed'`,
      [id],
    );
    expect(rows).toEqual([
      { actor: operator.id, details, request_id: operator.requestId, isOneTransaction: true },
    ]);
  });
});
