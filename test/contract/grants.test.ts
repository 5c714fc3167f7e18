import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newGrantId } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresGrantLease } from '../../lambdas/adapters/postgres/grant-lease.ts';
import { postgresGrantLedger } from '../../lambdas/adapters/postgres/grant-ledger.ts';
import { postgresGrantWork } from '../../lambdas/adapters/postgres/grant-work.ts';
import { HTTP_DATABASE } from '../../lambdas/config/limits.ts';
import type { CouponControl, CouponDefinition } from '../../lambdas/domain/coupon.ts';
import type { Grant, GrantOutcome } from '../../lambdas/domain/grant.ts';
import type {
  GrantCreation,
  GrantLease,
  GrantLedger,
  GrantOrder,
  GrantWork,
} from '../../lambdas/domain/grant-ledger.ts';
import type { CouponLedger } from '../../lambdas/domain/ports.ts';
import { MemoryGrants } from '../fakes/memory-grants.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import {
  definition,
  grantedUsers,
  loadedClaim,
  newCouponId,
  operator,
} from '../support/samples.ts';

const HOUR_MS = 3_600_000;

let testDatabase: TestDatabase;
let database: Database;
let owner: pg.Client;

beforeAll(async () => {
  testDatabase = await newDatabase();
  const settings = { maxConnections: 8, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };
  database = connectDatabase({ url: testDatabase.appUrl, ...settings }, () => undefined);
  owner = new pg.Client({ connectionString: testDatabase.ownerUrl });
  await owner.connect();
});

afterAll(async () => {
  await owner.end();
  await database.close();
  await testDatabase.drop();
});

interface Subject {
  readonly coupons: CouponLedger;
  readonly grants: GrantLedger & GrantWork & GrantLease;
  setControl(couponId: string, control: CouponControl): Promise<unknown>;
}

function inMemory(): Subject {
  const coupons = new MemoryLedger(() => Date.now());
  const grants = new MemoryGrants(() => Date.now(), coupons);
  const setControl: Subject['setControl'] = (couponId, control) =>
    Promise.resolve(grants.controls.set(couponId, control));
  return { coupons, grants, setControl };
}

function inPostgres(): Subject {
  return {
    coupons: postgresCouponLedger(database),
    grants: {
      ...postgresGrantLedger(database),
      ...postgresGrantWork(database),
      ...postgresGrantLease(database),
    },
    setControl: (couponId, control) =>
      owner.query('UPDATE coupons SET control = $2 WHERE id = $1', [couponId, control]),
  };
}

describe.each([
  ['in memory', inMemory],
  ['in PostgreSQL', inPostgres],
])('grants %s', (_, newSubject) => {
  let subject: Subject;
  let grants: Subject['grants'];
  let couponId: string;

  beforeEach(async () => {
    subject = newSubject();
    grants = subject.grants;
    couponId = await newCoupon();
  });

  async function newCoupon(changes: Partial<CouponDefinition> = {}): Promise<string> {
    const coupon = definition(changes);
    return (await subject.coupons.createCoupon(newCouponId(), coupon, operator)).id;
  }

  function order(userIds: readonly string[], changes: Partial<GrantOrder> = {}): GrantOrder {
    const users = grantedUsers(userIds);
    return { id: newGrantId(), couponId, users, duplicates: 0, ...changes };
  }

  async function created(given: GrantOrder): Promise<Grant> {
    const creation = await grants.createGrant(given, operator);
    if (creation.kind !== 'there') throw new Error(`no grant: ${creation.kind}`);
    return creation.grant;
  }

  /** Of other tests there may be some. */
  async function openIds(...ids: readonly string[]): Promise<string[]> {
    return (await grants.openGrants()).map(({ id }) => id).filter((id) => ids.includes(id));
  }

  const given = (userId: string): GrantOutcome => ({
    kind: 'accepted',
    issuanceId: loadedClaim(couponId, userId).id,
  });

  it('begin with every user pending', async () => {
    const before = Date.now();
    const ordered = order(['anna', 'ben'], { duplicates: 3 });
    const grant = await created(ordered);
    const { id } = ordered;
    expect(grant).toMatchObject({ id, couponId, total: 2, duplicates: 3, pending: 2 });
    expect(Object.values(grant.outcomes)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(grant.finishedAt).toBeUndefined();
    expect(grant.createdAt).toBeGreaterThanOrEqual(before - 1_000);
    expect(await grants.findGrant(id)).toEqual(grant);
    expect(await grants.findGrant(newGrantId())).toBeUndefined();
  });

  it('are one under one id, also when ordered at the same time, and after the coupon is closed', async () => {
    const ordered = order(['anna', 'ben']);
    const outcomes = await Promise.all([1, 2, 3].map(() => grants.createGrant(ordered, operator)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await grants.pendingUsers(ordered.id, 10)).toHaveLength(2);
    await subject.setControl(couponId, 'closed');
    expect(await grants.createGrant(ordered, operator)).toEqual(outcomes[0]);
  });

  it.each([
    ['closed', 'coupon_closed', {}],
    ['active', 'issue_ended', { issueEndsAt: Date.now() - 1 }],
  ] as const)('are refused of a coupon that is %s: %s', async (control, reason, changes) => {
    couponId = await newCoupon(changes);
    await subject.setControl(couponId, control);
    const refused: GrantCreation = { kind: 'refused', reason };
    expect(await grants.createGrant(order(['anna']), operator)).toEqual(refused);
  });

  it('of no coupon are none', async () => {
    const ordered = order(['anna'], { couponId: newCouponId() });
    expect(await grants.createGrant(ordered, operator)).toEqual({ kind: 'unknown_coupon' });
    expect(await grants.findGrant(ordered.id)).toBeUndefined();
  });

  it('serve their users in the order of the list, and each until it has an outcome', async () => {
    const { id } = await created(order(['zoe', 'anna', 'mia', 'ben']));
    expect(await grants.pendingUsers(id, 2)).toEqual([
      { position: 1, userId: 'zoe' },
      { position: 2, userId: 'anna' },
    ]);
    expect(await grants.settle(id, [{ position: 2, outcome: given('anna') }])).toBe(false);
    expect(await grants.pendingUsers(id, 9)).toEqual([
      { position: 1, userId: 'zoe' },
      { position: 3, userId: 'mia' },
      { position: 4, userId: 'ben' },
    ]);
  });

  it('count every outcome once, keep the first, and are finished with the last', async () => {
    const { id } = await created(order(['a', 'b', 'c', 'd', 'e', 'f']));
    const kinds = ['sold_out', 'issue_ended', 'coupon_closed', 'user_limit_reached'] as const;
    const refused = kinds.map((kind, i) => ({ position: i + 1, outcome: { kind } }));
    expect(await grants.settle(id, refused)).toBe(false);
    const other = { kind: 'issue_ended' } as const;
    expect(await grants.settle(id, [{ position: 1, outcome: other }])).toBe(false);
    const had = { kind: 'already_had', issuanceId: loadedClaim(couponId, 'f').id } as const;
    const last = [
      { position: 5, outcome: given('e') },
      { position: 6, outcome: had },
    ];
    expect(await openIds(id)).toEqual([id]);
    expect(await grants.settle(id, last)).toBe(true);
    const grant = await grants.findGrant(id);
    expect(grant?.outcomes).toEqual({
      accepted: 1,
      already_had: 1,
      sold_out: 1,
      issue_ended: 1,
      coupon_closed: 1,
      user_limit_reached: 1,
      erased: 0,
    });
    expect(grant?.pending).toBe(0);
    expect(grant?.finishedAt).toBeGreaterThanOrEqual(grant?.createdAt ?? Number.NaN);
    expect(await openIds(id)).toEqual([]);
    expect(await grants.settle(id, [])).toBe(true);
    expect((await grants.findGrant(id))?.finishedAt).toBe(grant?.finishedAt);
  });

  it('count a user who got one as such, though another worker was refused for them', async () => {
    const { id } = await created(order(['anna', 'ben']));
    const refused = { kind: 'sold_out' } as const;
    expect(await grants.settle(id, [{ position: 1, outcome: refused }])).toBe(false);
    await grants.settle(id, [{ position: 1, outcome: given('anna') }]);
    expect((await grants.findGrant(id))?.outcomes).toMatchObject({ accepted: 1, sold_out: 0 });
    await grants.settle(id, [{ position: 1, outcome: refused }]);
    expect(await grants.settle(id, [{ position: 2, outcome: refused }])).toBe(true);
    // Also of a grant that is finished.
    await grants.settle(id, [{ position: 2, outcome: given('ben') }]);
    const grant = await grants.findGrant(id);
    expect(grant?.outcomes).toMatchObject({ accepted: 2, sold_out: 0 });
  });

  it('are open, the oldest first, while their coupon can be claimed or never more', async () => {
    const first = await created(order(['anna']));
    const second = await created(order(['anna']));
    const inOrder = [first, second].toSorted(
      (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
    const ids = inOrder.map(({ id }) => id);
    expect(await openIds(...ids)).toEqual(ids);
    await subject.setControl(couponId, 'paused');
    expect(await openIds(...ids)).toEqual([]);
    await subject.setControl(couponId, 'closed');
    expect(await openIds(...ids)).toEqual(ids);
    couponId = await newCoupon({ issueStartsAt: Date.now() + HOUR_MS / 2 });
    expect(await openIds((await created(order(['anna']))).id)).toEqual([]);
  });

  it('are worked on by one holder at a time, until it gives up or is silent for too long', async () => {
    expect(await grants.take('one', 60_000)).toBe(true);
    expect(await grants.take('two', 60_000)).toBe(false);
    expect(await grants.take('one', 60_000)).toBe(true);
    await grants.release('two');
    expect(await grants.take('two', 60_000)).toBe(false);
    await grants.release('one');
    expect(await grants.take('two', -1)).toBe(true);
    expect(await grants.take('one', 60_000)).toBe(true);
    await grants.release('one');
  });
});

describe('grants in PostgreSQL', () => {
  it('are in the audit, once, by their size', async () => {
    const { coupons, grants } = inPostgres();
    const { id: couponId } = await coupons.createCoupon(newCouponId(), definition(), operator);
    const users = grantedUsers(['anna', 'ben']);
    const ordered = { id: newGrantId(), couponId, users, duplicates: 1 };
    await Promise.all([1, 2, 3].map(() => grants.createGrant(ordered, operator)));
    await grants.createGrant(ordered, operator);
    const { rows } = await owner.query(
      `SELECT actor, action, subject, details FROM audit WHERE coupon_id = $1 ORDER BY id`,
      [couponId],
    );
    expect(rows).toEqual([
      { actor: 'operator', action: 'coupon.created', subject: null, details: {} },
      {
        actor: 'operator',
        action: 'grant.created',
        subject: ordered.id,
        details: { users: 2, duplicates: 1 },
      },
    ]);
  });

  it('take 10,000 users within the time that a statement of an HTTP function has', async () => {
    const { coupons } = inPostgres();
    const { id: couponId } = await coupons.createCoupon(newCouponId(), definition(), operator);
    const userIds = Array.from({ length: 10_000 }, (_, i) => `user-${'x'.repeat(30)}${i}`);
    const ofManage = connectDatabase(
      { url: testDatabase.appUrl, ...HTTP_DATABASE },
      () => undefined,
    );
    try {
      const grants = postgresGrantLedger(ofManage);
      const order = { id: newGrantId(), couponId, users: grantedUsers(userIds), duplicates: 0 };
      await grants.createGrant(order, operator);
      expect(await grants.findGrant(order.id)).toMatchObject({ total: 10_000, pending: 10_000 });
    } finally {
      await ofManage.close();
    }
  });

  it('are never deleted by the application, nor do they lose what they count', async () => {
    const app = new pg.Client({ connectionString: testDatabase.appUrl });
    await app.connect();
    try {
      for (const table of ['grants', 'grant_users', 'grant_worker', 'erasures']) {
        await expect(app.query(`DELETE FROM ${table}`)).rejects.toThrow('permission denied');
      }
      const nameless = app.query('UPDATE grant_users SET user_id = NULL, outcome = NULL');
      await expect(nameless).rejects.toThrow('pending_users_have_a_name');
      const given = app.query(`UPDATE grant_users SET outcome = 'accepted', issuance_id = NULL`);
      await expect(given).rejects.toThrow('given_is_an_issuance');
      const second = app.query(`INSERT INTO grant_worker VALUES (false, 'x', now())`);
      await expect(second).rejects.toThrow('permission denied');
    } finally {
      await app.end();
    }
  });
});
