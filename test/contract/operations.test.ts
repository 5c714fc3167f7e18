import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresAuditLog } from '../../lambdas/adapters/postgres/audit-log.ts';
import { appendAudit } from '../../lambdas/adapters/postgres/audit.ts';
import { postgresCouponLedger } from '../../lambdas/adapters/postgres/coupon-ledger.ts';
import type { Database } from '../../lambdas/adapters/postgres/database.ts';
import { connectDatabase } from '../../lambdas/adapters/postgres/database.ts';
import { postgresQuarantineLog } from '../../lambdas/adapters/postgres/quarantine-log.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import type { AuditQuery, AuditRecord } from '../../lambdas/domain/audit-log.ts';
import { MAX_SHOWN_BYTES } from '../../lambdas/domain/quarantine-log.ts';
import type { LogEntry } from '../../lambdas/domain/record-plan.ts';
import type { TestDatabase } from '../support/database.ts';
import { newDatabase } from '../support/database.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';
import { definition, newCouponId, operator } from '../support/samples.ts';

let testDatabase: TestDatabase;
let database: Database;
let owner: pg.Client;
let app: pg.Client;
let couponId: string;

beforeAll(async () => {
  testDatabase = await newDatabase();
  const settings = { maxConnections: 4, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 };
  database = connectDatabase({ url: testDatabase.appUrl, ...settings }, () => undefined);
  owner = new pg.Client({ connectionString: testDatabase.ownerUrl });
  app = new pg.Client({ connectionString: testDatabase.appUrl });
  await owner.connect();
  await app.connect();
});

afterAll(async () => {
  await owner.end();
  await app.end();
  await database.close();
  await testDatabase.drop();
});

beforeEach(async () => {
  const coupon = definition({ quantity: 1 });
  couponId = newCouponId();
  await postgresCouponLedger(database).createCoupon(couponId, coupon, operator);
});

describe('the audit', () => {
  const list = (query: Partial<AuditQuery>): Promise<AuditRecord[]> =>
    postgresAuditLog(database).listAudit({
      couponId: undefined,
      actor: undefined,
      after: undefined,
      limit: 100,
      ...query,
    });
  const by = (id: string): { id: string; requestId: string } => ({ id, requestId: `of ${id}` });

  it('shows who did what, the newest first', async () => {
    const before = Date.now();
    const details = { quantity: [1, 2] };
    const ofMia = { actor: by('mia'), couponId, subject: 'x', details };
    const id = await appendAudit(app, { ...ofMia, action: 'coupon.changed' });
    const [first, second, ...others] = await list({ couponId });
    expect(first).toMatchObject({
      id,
      actor: 'mia',
      action: 'coupon.changed',
      couponId,
      subject: 'x',
      details,
      requestId: 'of mia',
    });
    expect(Math.abs((first?.at ?? 0) - before)).toBeLessThan(60_000);
    expect(second).toMatchObject({ actor: 'operator', action: 'coupon.created', subject: null });
    expect(others).toEqual([]);
  });

  it('is read page by page, of one coupon, of one actor, or of both', async () => {
    const name = `mia of ${couponId}`;
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const entry = { actor: by(name), action: 'coupon.paused', couponId } as const;
      ids.unshift(await appendAudit(app, entry));
    }
    const anywhere = await appendAudit(app, { actor: by(name), action: 'user.erased' });
    const idsOf = (entries: readonly AuditRecord[]): string[] => entries.map(({ id }) => id);
    expect(idsOf(await list({ actor: name }))).toEqual([anywhere, ...ids]);
    expect(idsOf(await list({ actor: name, couponId }))).toEqual(ids);
    expect(await list({ couponId })).toHaveLength(6);
    const page = await list({ actor: name, couponId, limit: 2 });
    expect(idsOf(page)).toEqual(ids.slice(0, 2));
    // What is added meanwhile moves nothing.
    await appendAudit(app, { actor: by(name), action: 'coupon.resumed', couponId });
    const next = await list({ actor: name, couponId, limit: 9, after: ids[1] });
    expect(idsOf(next)).toEqual(ids.slice(2));
    expect(idsOf(await list({ limit: 2 }))).toHaveLength(2);
  });

  it('is appended to, and changed by nobody: not by the application, not by its owner', async () => {
    const changes = [`UPDATE audit SET actor = 'x'`, 'DELETE FROM audit', 'TRUNCATE audit'];
    const { rows: before } = await owner.query('SELECT * FROM audit ORDER BY id');
    for (const change of changes) {
      await expect(app.query(change)).rejects.toThrow('permission denied');
      await expect(owner.query(change)).rejects.toThrow('appended to, never changed');
    }
    expect((await owner.query('SELECT * FROM audit ORDER BY id')).rows).toEqual(before);
  });

  it.each(['coupon_id', 'actor'])('is read by an index, of one %s too', async (column) => {
    const index = column === 'actor' ? 'audit_by_actor' : 'audit_by_coupon';
    const plan = await planOf(
      `SELECT * FROM audit WHERE ${column} = 'x' AND id < 100 ORDER BY id DESC LIMIT 21`,
    );
    expect(plan).toContain(index);
    expect(plan).not.toContain('Sort');
  });

  async function planOf(query: string): Promise<string> {
    await owner.query('SET enable_seqscan = off');
    const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`);
    await owner.query('RESET enable_seqscan');
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }
});

describe('the quarantine', () => {
  const log = (): ReturnType<typeof postgresQuarantineLog> => postgresQuarantineLog(database);
  const all = { reason: undefined, discarded: false, limit: 100, after: undefined };

  async function quarantine(...entries: LogEntry[]): Promise<string[]> {
    await postgresRecordLedger(database, newCode).storeBatch(entries);
    const offsets = entries.map(({ offset }) => offset);
    const found = await log().listQuarantine(all);
    return offsets.map((offset) => found.find((each) => each.offset === offset)?.id ?? '');
  }

  it('shows what could not be stored, and why, the newest first', async () => {
    const unknown = newCouponId();
    const record = recordOf(unknown, 'anna');
    const poison = { ...entryOf('no JSON'), key: Buffer.from('key') };
    const ids = await quarantine(poison, entryOf(record));
    const [newest, next] = await log().listQuarantine({ ...all, limit: 2 });
    expect([newest?.id, next?.id].toSorted()).toEqual(ids.toSorted());
    expect([newest, next].find((each) => each?.reason === 'malformed')).toMatchObject({
      topic: 'claims',
      offset: poison.offset,
      detail: 'not JSON',
      couponId: null,
      issuanceId: null,
      key: Buffer.from('key'),
      value: Buffer.from('no JSON'),
      valueBytes: 7,
      discardedAt: null,
      discardedBy: null,
    });
    expect([newest, next].find((each) => each?.reason === 'unknown_coupon')).toMatchObject({
      couponId: unknown,
      issuanceId: record.id,
    });
    expect(await log().listQuarantine({ ...all, reason: 'overflow' })).toEqual([]);
    const malformed = await log().listQuarantine({ ...all, reason: 'malformed' });
    expect(malformed.map(({ reason }) => reason)).toEqual(malformed.map(() => 'malformed'));
    const following = await log().listQuarantine({ ...all, after: newest?.id });
    expect(following[0]?.id).toBe(next?.id);
  });

  it('shows of a huge record its beginning, and how long it is', async () => {
    const [id] = await quarantine(entryOf('x'.repeat(1_000_000)));
    const [record] = await log().listQuarantine({ ...all, limit: 1 });
    expect(record).toMatchObject({ id, valueBytes: 1_000_000 });
    expect(record?.value).toHaveLength(MAX_SHOWN_BYTES);
  });

  it('has a record discarded once: by whom and when stays, and it is in the audit once', async () => {
    const overflow = recordOf(couponId, 'ben', { id: `${couponId}_${'B'.repeat(22)}` });
    const ids = await quarantine(
      entryOf(recordOf(couponId, 'anna')),
      entryOf(overflow),
      entryOf(recordOf(newCouponId(), 'anna')),
    );
    const [, known = '', ofNoCoupon = ''] = ids;
    const mia = { id: 'mia', requestId: 'r1' };
    const discarded = await log().discard(known, mia);
    expect(discarded).toMatchObject({ id: known, discardedBy: 'mia' });
    expect(discarded?.discardedAt).toBeGreaterThan(Date.now() - 60_000);
    expect(await log().discard(known, { id: 'noah', requestId: 'r2' })).toEqual(discarded);
    expect(await log().discard(ofNoCoupon, mia)).toMatchObject({ discardedBy: 'mia' });
    expect(await log().discard('999999', mia)).toBeUndefined();

    const open = (await log().listQuarantine(all)).map(({ id }) => id);
    expect(open).not.toContain(known);
    const done = (await log().listQuarantine({ ...all, discarded: true })).map(({ id }) => id);
    expect(done).toEqual([known, ofNoCoupon].toSorted((a, b) => Number(b) - Number(a)));
    const { rows } = await owner.query(
      `SELECT actor, coupon_id, subject, details FROM audit
       WHERE action = 'quarantine.discarded' ORDER BY id`,
    );
    expect(rows).toEqual([
      expect.objectContaining({ actor: 'mia', coupon_id: couponId, subject: known }),
      expect.objectContaining({ actor: 'mia', coupon_id: null, subject: ofNoCoupon }),
    ]);
    expect(JSON.stringify(rows)).not.toContain('ben');
  });

  it('has a record discarded by one of those who do so at the same time', async () => {
    const [id = ''] = await quarantine(entryOf('poison'));
    const actors = ['a', 'b', 'c', 'd'].map((name) => ({ id: name, requestId: name }));
    const answers = await Promise.all(actors.map((actor) => log().discard(id, actor)));
    expect(new Set(answers.map((answer) => answer?.discardedBy)).size).toBe(1);
    const { rowCount } = await owner.query(
      `SELECT FROM audit WHERE action = 'quarantine.discarded' AND subject = $1`,
      [id],
    );
    expect(rowCount).toBe(1);
  });
});
