import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresCouponChanges } from '../../lambdas/adapters/postgres/coupon-changes.ts';
import { postgresNotificationPlans } from '../../lambdas/adapters/postgres/notification-plans.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { postgresRedemptionLedger } from '../../lambdas/adapters/postgres/redemption-ledger.ts';
import { postgresRestoreLedger } from '../../lambdas/adapters/postgres/restore-ledger.ts';
import type { CouponDefinition } from '../../lambdas/domain/coupon.ts';
import type { NotificationPlans } from '../../lambdas/domain/notification-ledger.ts';
import { openFirstGate } from '../../lambdas/domain/open-first-gate.ts';
import type { RecordLedger, RestoreLedger } from '../../lambdas/domain/ports.ts';
import { LogUnavailable } from '../../lambdas/domain/ports.ts';
import type { RedemptionLedger } from '../../lambdas/domain/redemption-ledger.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { entryOf, recordOf } from '../support/log-entries.ts';
import { EVERYTHING, notificationsOf, ONLY_ISSUED } from '../support/notified-rows.ts';
import { ProtocolBench } from '../support/protocol-bench.ts';
import { operator } from '../support/samples.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let rows: IssuedRows;
let records: RecordLedger;
let redemptions: RedemptionLedger;
let plans: NotificationPlans;

beforeAll(async () => {
  rows = await IssuedRows.open();
  records = postgresRecordLedger(rows.database, newCode);
  redemptions = postgresRedemptionLedger(rows.database);
  plans = postgresNotificationPlans(rows.database, 0);
});

afterAll(() => rows.close());

function newCoupon(changes: Partial<CouponDefinition> = {}): Promise<string> {
  const inAMonth = { from: Date.now() - HOUR_MS, until: Date.now() + 30 * DAY_MS };
  return rows.newCoupon({ notifications: EVERYTHING, validity: inAMonth, ...changes });
}

const told = async (couponId: string): Promise<string[]> =>
  (await notificationsOf(rows, couponId)).map(
    ({ event, channel, subject }) => `${event} ${channel} ${subject}`,
  );

let lastRedemption = 0;

function redeem(issuanceId: string, orderId: string) {
  lastRedemption += 1;
  return redemptions.redeem({
    id: String(lastRedemption).padStart(22, 'r'),
    issuanceId,
    orderId,
    ownerId: undefined,
    redeemedBy: 'shop',
    requestId: 'redeeming',
    decidedAt: Date.now(),
    discount: 1,
    payable: 1,
    currency: 'KRW',
    allocations: [1],
  });
}

describe('a notification is written', () => {
  it('of each issuance that a batch inserts, once', async () => {
    const couponId = await newCoupon({ notifications: ONLY_ISSUED, quantity: 2 });
    const [anna, ben] = [recordOf(couponId, 'anna'), recordOf(couponId, 'ben')];
    expect(await records.storeBatch([entryOf(anna)])).toMatchObject({ told: ['email'] });
    expect(await told(couponId)).toEqual([`issued email ${anna.id}`]);
    await records.storeBatch([entryOf(anna), entryOf(ben)]);
    // Row by row, for there is one too many.
    await records.storeBatch([entryOf(ben), entryOf(recordOf(couponId, 'carl'))]);
    expect(await told(couponId)).toEqual([`issued email ${anna.id}`, `issued email ${ben.id}`]);
  });

  it('of nothing where nobody is to be told', async () => {
    const couponId = await rows.newCoupon({ quantity: 1 });
    const [issuanceId = ''] = await rows.issue(couponId, ['anna', 'ben']);
    await redeem(issuanceId, 'order');
    const restores = postgresRestoreLedger(rows.database);
    await restores.beginEpoch(couponId);
    await restores.beginEpoch(couponId);
    await plans.planReminders();
    expect(await told(couponId)).toEqual([]);
  });

  it('when a coupon is sold out, once for each quantity', async () => {
    const couponId = await newCoupon({ quantity: 2 });
    const soldOut = async (): Promise<string[]> =>
      (await told(couponId)).filter((line) => line.startsWith('sold_out'));
    await rows.issue(couponId, ['anna']);
    expect(await soldOut()).toEqual([]);
    await rows.issue(couponId, ['ben']);
    await rows.issue(couponId, ['ben', 'carl']);
    const first = `sold_out slack ${couponId}@quantity-2`;
    expect(await soldOut()).toEqual([first]);
    await rows.owner.query('UPDATE coupons SET quantity = 3 WHERE id = $1', [couponId]);
    await rows.issue(couponId, ['dora']);
    expect(await soldOut()).toEqual([first, `sold_out slack ${couponId}@quantity-3`]);
  });

  it('of what a batch has quarantined, once, with the counts by reason', async () => {
    const couponId = await newCoupon({ quantity: 1 });
    const batch = ['anna', 'ben', 'carl'].map((user) => entryOf(recordOf(couponId, user)));
    await records.storeBatch(batch);
    await records.storeBatch(batch);
    const quarantined = (await notificationsOf(rows, couponId)).filter(
      ({ event }) => event === 'quarantined',
    );
    expect(quarantined).toMatchObject([
      { channel: 'slack', figures: { count: 2, reason: 'overflow', overflow: 2 } },
    ]);
  });

  it('of a redemption and of its rollback, once each', async () => {
    const couponId = await newCoupon();
    const [issuanceId = ''] = await rows.issue(couponId, ['anna']);
    const redemption = await redeem(issuanceId, 'order-1');
    expect(await redeem(issuanceId, 'order-2')).toBeUndefined();
    await redemptions.rollBack(String(redemption?.id), operator);
    await redemptions.rollBack(String(redemption?.id), operator);
    expect(await told(couponId)).toEqual([
      `issued email ${issuanceId}`,
      `redeemed email ${redemption?.id ?? ''}`,
      `rolled_back email ${redemption?.id ?? ''}`,
    ]);
    const requests = (await notificationsOf(rows, couponId)).map(({ request_id }) => request_id);
    expect(requests).toEqual([null, 'redeeming', operator.requestId]);
  });

  describe('of a gate', () => {
    const restores = (): RestoreLedger => postgresRestoreLedger(rows.database);
    const opened = (couponId: string): Promise<void> =>
      restores().withLockedCoupon(couponId, (locked) => locked.noteOpened());

    it('that is lost and open again, and not of the first one', async () => {
      const couponId = await newCoupon();
      await restores().beginEpoch(couponId, 'missing');
      await opened(couponId);
      await opened(couponId);
      expect(await told(couponId)).toEqual([]);
      await restores().beginEpoch(couponId, 'foreign');
      await opened(couponId);
      await opened(couponId);
      expect(await notificationsOf(rows, couponId)).toMatchObject([
        { event: 'gate_closed', channel: 'slack', figures: { epoch: 2, reason: 'foreign' } },
        { event: 'gate_opened', channel: 'slack', figures: { epoch: 2 } },
      ]);
    });

    it('once, however many rebuilds die before one opens it, and again when it is lost again', async () => {
      const couponId = await newCoupon();
      await restores().beginEpoch(couponId);
      await opened(couponId);
      for (const why of ['drift', 'building', 'missing']) {
        await restores().beginEpoch(couponId, why);
      }
      const fence = { epoch: 4, topic: 'claims', endOffsets: { '0': '7' } };
      expect(await restores().storeFence(couponId, fence)).toEqual(fence);
      await restores().beginEpoch(couponId, 'building');
      await opened(couponId);
      await restores().beginEpoch(couponId, 'missing');
      await restores().beginEpoch(couponId, 'building');
      expect(await notificationsOf(rows, couponId)).toMatchObject([
        { event: 'gate_closed', channel: 'slack', figures: { epoch: 2, reason: 'drift' } },
        { event: 'gate_opened', channel: 'slack', figures: { epoch: 5 } },
        { event: 'gate_closed', channel: 'slack', figures: { epoch: 6, reason: 'missing' } },
      ]);
    });

    it('once by all rebuilds that fail, and once by the one that opens it', async () => {
      const couponId = await newCoupon();
      const bench = new ProtocolBench();
      const { gate, log, restoreSettings: settings } = bench;
      const own = { gate, ledger: restores(), leases: bench.ledger };
      expect(await openFirstGate(couponId, { ...own, holder: 'manage', settings })).toBe(true);
      gate.flush();
      const endOffsets = log.endOffsets.bind(log);
      log.endOffsets = () => Promise.reject(new LogUnavailable('away'));
      for (let tries = 0; tries < 5; tries += 1) {
        await expect(bench.restore(couponId, own)).rejects.toThrow('away');
      }
      log.endOffsets = endOffsets;
      expect(await bench.restore(couponId, own)).toBe('opened');
      expect(await told(couponId)).toEqual([
        `gate_closed slack ${couponId}@after-1`,
        `gate_opened slack ${couponId}@epoch-7`,
      ]);
    });

    it('not before it was ever open, however many rebuilds die', async () => {
      const couponId = await newCoupon();
      for (const why of ['missing', 'building', 'building']) {
        await restores().beginEpoch(couponId, why);
      }
      await opened(couponId);
      expect(await told(couponId)).toEqual([]);
      await restores().beginEpoch(couponId, 'missing');
      expect(await told(couponId)).toEqual([`gate_closed slack ${couponId}@after-3`]);
    });

    it('that gave something, though the commit was lost that notes its opening', async () => {
      const couponId = await newCoupon({
        notifications: { operators: { channels: ['slack'], events: ['gate_closed'] } },
      });
      await restores().beginEpoch(couponId);
      await rows.issue(couponId, ['anna']);
      await restores().beginEpoch(couponId, 'missing');
      expect(await told(couponId)).toEqual([`gate_closed slack ${couponId}@after-0`]);
    });
  });

  it('not at all if what it tells of is rolled back', async () => {
    const couponId = await newCoupon();
    const restores = postgresRestoreLedger(rows.database);
    await rows.owner.query('UPDATE coupons SET epoch = 2, opened_epoch = 1 WHERE id = $1', [
      couponId,
    ]);
    await expect(
      restores.withLockedCoupon(couponId, async (locked) => {
        await locked.noteOpened();
        throw new Error('lost');
      }),
    ).rejects.toThrow('lost');
    expect(await told(couponId)).toEqual([]);
    await restores.withLockedCoupon(couponId, (locked) => locked.noteOpened());
    expect(await told(couponId)).toEqual([`gate_opened slack ${couponId}@epoch-2`]);
  });

  it('of the end of a coupon, once for each end', async () => {
    const couponId = await newCoupon();
    const ended = async () => (await plans.endedCoupons()).find(({ id }) => id === couponId);
    expect(await ended()).toBeUndefined();
    await rows.owner.query(`UPDATE coupons SET control = 'closed' WHERE id = $1`, [couponId]);
    const end = await ended();
    if (end === undefined) throw new Error('not ended');
    expect(end.overSince).toBe(end.endsAt);
    await plans.tellSummary(end, { issued: 3 });
    await plans.tellSummary(end, { issued: 4 });
    expect(await ended()).toBeUndefined();
    expect(await notificationsOf(rows, couponId)).toMatchObject([
      { event: 'summary', channel: 'slack', figures: { issued: 3 } },
    ]);
  });
});

it('a coupon that an operator has closed is over since then, however long its window lasts', async () => {
  const couponId = await newCoupon();
  const before = Date.now();
  await postgresCouponChanges(rows.database).changeCoupon(couponId, ({ coupon }) => {
    const audit = { actor: operator, action: 'coupon.closed', couponId } as const;
    return Promise.resolve({ kind: 'write', terms: { ...coupon, control: 'closed' }, audit });
  });
  const over = (await plans.endedCoupons()).find(({ id }) => id === couponId);
  expect(over?.endsAt).toBeGreaterThan(before + MINUTE_MS);
  expect(over?.overSince).toBeGreaterThan(before - MINUTE_MS);
  expect(over?.overSince).toBeLessThan(before + MINUTE_MS);
});

describe('a reminder', () => {
  const reminders = async (couponId: string) =>
    (await notificationsOf(rows, couponId)).filter(({ event }) => event === 'expiring');
  const planAll = async (): Promise<void> => {
    while (await plans.planReminders());
  };
  const endingIn = (ms: number) => ({ from: Date.now() - HOUR_MS, until: Date.now() + ms });

  it('is due so many hours before the end of the validity', async () => {
    // Record plans what ends in 26 hours, the plan of each hour what ends in 25; this comes between.
    const couponId = await newCoupon({ validity: endingIn(26.5 * HOUR_MS) });
    await rows.issue(couponId, ['anna']);
    await planAll();
    expect(await reminders(couponId)).toEqual([]);
    const choice = { ...EVERYTHING, users: { ...EVERYTHING.users, remindHoursBefore: 26 } };
    await rows.owner.query('UPDATE coupons SET notifications = $2 WHERE id = $1', [
      couponId,
      JSON.stringify(choice),
    ]);
    await planAll();
    const [reminder, ...others] = await reminders(couponId);
    expect(others).toEqual([]);
    expect(reminder?.due_in).toBeGreaterThan(0.4 * HOUR_MS);
    expect(reminder?.due_in).toBeLessThan(0.6 * HOUR_MS);
  });

  it('is planned for issuances that were there before anybody chose to remind', async () => {
    const couponId = await newCoupon({ notifications: undefined, validity: endingIn(5 * HOUR_MS) });
    const [anna = '', ben = ''] = await rows.issue(couponId, ['anna', 'ben', 'carl']);
    await redeem(ben, 'order');
    await planAll();
    await rows.owner.query('UPDATE coupons SET notifications = $2 WHERE id = $1', [
      couponId,
      JSON.stringify(EVERYTHING),
    ]);
    await planAll();
    await planAll();
    const subjects = (await reminders(couponId)).map(({ subject }) => subject);
    expect(subjects.length).toBe(2);
    expect(subjects).toContain(anna);
    expect(subjects).not.toContain(ben);
  });

  it('is planned by the record of an issuance that is soon to end', async () => {
    const couponId = await newCoupon({ validity: endingIn(5 * HOUR_MS) });
    await planAll();
    const [anna] = await rows.issue(couponId, ['anna']);
    expect(await reminders(couponId)).toMatchObject([{ subject: anna }]);
  });

  it('is planned by the rollback of a redemption that the plan had passed by', async () => {
    const couponId = await newCoupon({ notifications: undefined, validity: endingIn(5 * HOUR_MS) });
    const [anna = ''] = await rows.issue(couponId, ['anna']);
    const redemption = await redeem(anna, 'order');
    await rows.owner.query('UPDATE coupons SET notifications = $2 WHERE id = $1', [
      couponId,
      JSON.stringify(EVERYTHING),
    ]);
    await planAll();
    expect(await reminders(couponId)).toEqual([]);
    await redemptions.rollBack(String(redemption?.id), operator);
    expect(await reminders(couponId)).toMatchObject([{ subject: anna }]);
  });

  it('walks through a large coupon in pages, and goes on where it was killed', async () => {
    const couponId = await newCoupon({ notifications: undefined, quantity: 20_000 });
    await rows.owner.query(
      `INSERT INTO issuances (id, coupon_id, user_key, user_id, ordinal, sequence, epoch, code,
         accepted_at, valid_from, valid_until)
       SELECT $1 || '_' || lpad(n::text, 22, '0'), $1, 'key' || n, 'user' || n, 1, n, 1, $1 || n,
         now(), now(), now() + interval '5 hours'
       FROM generate_series(1, 12000) AS n`,
      [couponId],
    );
    await rows.owner.query('UPDATE coupons SET notifications = $2 WHERE id = $1', [
      couponId,
      JSON.stringify(EVERYTHING),
    ]);
    await Promise.all([planAll(), planAll(), planAll()]);
    const { rows: counted } = await rows.owner.query<{ planned: number }>(
      `SELECT count(*)::int AS planned FROM notifications WHERE coupon_id = $1`,
      [couponId],
    );
    expect(counted).toEqual([{ planned: 12_000 }]);
  });
});
