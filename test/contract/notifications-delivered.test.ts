import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { postgresErasureLedger } from '../../lambdas/adapters/postgres/erasure-ledger.ts';
import { postgresNotificationChannels } from '../../lambdas/adapters/postgres/notification-channels.ts';
import { postgresNotificationQueue } from '../../lambdas/adapters/postgres/notification-queue.ts';
import { RecordingSender } from '../fakes/recording-sender.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import {
  deliver,
  EVERYTHING,
  fast,
  makeDue,
  notificationsOf,
  NOTHING,
  nothingWaits,
  ONLY_ISSUED,
} from '../support/notified-rows.ts';
import { ids, operator } from '../support/samples.ts';

const MINUTE_MS = 60_000;

let rows: IssuedRows;
let couponId: string;
let email: RecordingSender;

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

beforeEach(async () => {
  await nothingWaits(rows);
  couponId = await rows.newCoupon({ notifications: ONLY_ISSUED, name: 'Opening day' });
  email = new RecordingSender();
});

const users = (count: number): string[] => Array.from({ length: count }, (_, i) => `user-${i}`);

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('a notification', () => {
  it('is sent with the facts of the ledger, once', async () => {
    const templates = { issued: { ko: { subject: '발급', body: '{{code}}' } } };
    const telling = await rows.newCoupon({
      notifications: { ...ONLY_ISSUED, templates },
      name: 'Told',
    });
    const [issuanceId] = await rows.issue(telling, ['anna']);
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, sent: 1 });
    expect(await deliver(rows, { email })).toEqual(NOTHING);
    expect(email.given).toMatchObject([
      {
        event: 'issued',
        channel: 'email',
        templates,
        facts: {
          couponId: telling,
          couponName: 'Told',
          issuance: { id: issuanceId, userId: 'anna', code: expect.any(String) as unknown },
        },
      },
    ]);
    expect(await notificationsOf(rows, telling)).toMatchObject([{ state: 'sent', tries: 1 }]);
  });

  it('is never sent by two at once, however many send', async () => {
    await rows.issue(couponId, users(200));
    email.answer = async () => {
      await sleep(2);
      return { kind: 'sent' };
    };
    // Without the lease of the channel, which would let one of them do it all.
    const channels = {
      ...postgresNotificationChannels(rows.database),
      take: () => Promise.resolve({ waitMs: 0, failures: 0 }),
    };
    const settings = { ...fast({ concurrency: 8 }), chunkSize: 7 };
    const reports = await Promise.all(
      [1, 2, 3, 4].map(() => deliver(rows, { email }, { channels, settings })),
    );
    expect(reports.filter(({ sent }) => sent > 0).length).toBeGreaterThan(1);
    expect(email.twiceAtOnce).toEqual([]);
    expect(email.ids.length).toBe(200);
    expect(new Set(email.ids).size).toBe(200);
  });

  it('comes again with the same id if its sender dies before it is written that it was sent', async () => {
    await rows.issue(couponId, ['anna']);
    const queue = postgresNotificationQueue(rows.database);
    const dying = { ...queue, settle: () => Promise.reject(new Error('killed')) };
    const onFault = (): void => undefined;
    await deliver(rows, { email }, { queue: dying, onFault });
    // It is the dead one's until its time is over.
    expect(await deliver(rows, { email })).toEqual(NOTHING);
    await makeDue(rows);
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, sent: 1 });
    expect(email.ids.length).toBe(2);
    expect(new Set(email.ids).size).toBe(1);
  });

  it('that another has taken meanwhile is not given back by who was frozen, but it was sent', async () => {
    await rows.issue(couponId, ['anna', 'ben']);
    const queue = postgresNotificationQueue(rows.database);
    const [anna, ben] = await queue.take('email', 2, 10, 'oldest');
    if (anna === undefined || ben === undefined) throw new Error('nothing was due');
    await sleep(20);
    const mine = await queue.take('email', 2, MINUTE_MS, 'oldest');
    expect(mine.map(({ id }) => id)).toEqual([anna.id, ben.id]);
    await queue.settle([
      { ...anna, kind: 'again', afterMs: 0, reason: 'late' },
      { ...ben, kind: 'sent' },
    ]);
    expect(await queue.take('email', 2, MINUTE_MS, 'oldest')).toEqual([]);
    expect(await notificationsOf(rows, couponId)).toMatchObject([
      { state: 'waiting', tries: 2 },
      { state: 'sent' },
    ]);
  });

  it('that fails is tried later and later, and parked after the last try', async () => {
    await rows.issue(couponId, ['anna']);
    email.answer = () => ({ kind: 'failed', reason: 'status 500' });
    const waits: number[] = [];
    const settings = fast({ pausesAfter: 100 });
    for (let tries = 1; tries < settings.backOff.tries; tries += 1) {
      expect(await deliver(rows, { email }, { settings })).toEqual({ ...NOTHING, again: 1 });
      const [{ due_in } = { due_in: 0 }] = await notificationsOf(rows, couponId);
      waits.push(Math.round(due_in / MINUTE_MS));
      await makeDue(rows);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720]);
    expect(await deliver(rows, { email }, { settings })).toEqual({ ...NOTHING, parked: 1 });
    await makeDue(rows);
    expect(await deliver(rows, { email }, { settings })).toEqual(NOTHING);
    expect(await notificationsOf(rows, couponId)).toMatchObject([
      { state: 'parked', tries: 12, reason: 'status 500' },
    ]);
  });

  it('that is refused for good is parked at once', async () => {
    await rows.issue(couponId, ['anna']);
    email.answer = () => ({ kind: 'rejected', reason: 'no such mailbox' });
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, parked: 1 });
    expect(await notificationsOf(rows, couponId)).toMatchObject([
      { state: 'parked', tries: 1, reason: 'no such mailbox' },
    ]);
  });

  it('waits as long as the channel asks for', async () => {
    await rows.issue(couponId, ['anna']);
    email.answer = () => ({ kind: 'failed', reason: 'slow down', retryAfterMs: 7 * MINUTE_MS });
    await deliver(rows, { email });
    const [{ due_in } = { due_in: 0 }] = await notificationsOf(rows, couponId);
    expect(Math.round(due_in / MINUTE_MS)).toBe(7);
  });

  it('to a user who was erased is not sent, and says nothing of them', async () => {
    await rows.issue(couponId, ['zoe']);
    const zoe = { id: 'zoe', key: ids.userKey('zoe') };
    await postgresErasureLedger(rows.database).eraseUser(zoe, operator);
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, nobody: 1 });
    expect(email.given).toEqual([]);
    expect(await notificationsOf(rows, couponId)).toMatchObject([
      { state: 'nobody', reason: 'the user was erased' },
    ]);
  });

  it('is not sent once the operator has chosen that nobody is told', async () => {
    await rows.issue(couponId, ['anna']);
    await rows.owner.query('UPDATE coupons SET notifications = NULL WHERE id = $1', [couponId]);
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, nobody: 1 });
    expect(email.given).toEqual([]);
  });

  it('by a channel that the environment does not have waits until it has', async () => {
    await rows.issue(couponId, ['anna']);
    expect(await deliver(rows, {})).toEqual(NOTHING);
    expect(await notificationsOf(rows, couponId)).toMatchObject([{ state: 'waiting', tries: 0 }]);
  });

  it('whose senders die each time is parked, and does not end them for ever', async () => {
    await rows.issue(couponId, ['anna']);
    await rows.owner.query('UPDATE notifications SET tries = 12 WHERE coupon_id = $1', [couponId]);
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, parked: 1 });
    expect(email.given).toEqual([]);
  });
});

describe('a channel', () => {
  it('that hangs is given up in time, and keeps no other waiting', async () => {
    const both = await rows.newCoupon({ notifications: EVERYTHING, quantity: 1 });
    await rows.issue(both, ['anna']);
    const slack = new RecordingSender(() => new Promise(() => undefined));
    const begun = performance.now();
    const report = await deliver(rows, { email, slack });
    // The issuance and, it being valid for an hour only, its reminder.
    expect(report).toEqual({ ...NOTHING, sent: 2, again: 1 });
    expect(performance.now() - begun).toBeLessThan(2_000);
    const [soldOut] = (await notificationsOf(rows, both)).filter(
      ({ event }) => event === 'sold_out',
    );
    expect(soldOut).toMatchObject({ state: 'waiting', tries: 1, reason: 'no answer in time' });
  });

  it('that fails time and again pauses: no other notification loses a try to it', async () => {
    await rows.issue(couponId, users(50));
    email.answer = () => ({ kind: 'failed', reason: 'status 503' });
    const settings = fast({ concurrency: 1 });
    expect(await deliver(rows, { email }, { settings })).toEqual({
      ...NOTHING,
      again: 3,
      untried: 47,
    });
    expect(await deliver(rows, { email }, { settings })).toEqual(NOTHING);
    await rows.owner.query(`UPDATE notification_channels SET paused_until = '-infinity'`);
    // One of them tells whether it is back.
    expect(await deliver(rows, { email }, { settings })).toEqual({ ...NOTHING, again: 1 });
    await rows.owner.query(`UPDATE notification_channels SET paused_until = '-infinity'`);
    email.answer = () => ({ kind: 'sent' });
    expect(await deliver(rows, { email }, { settings })).toEqual({ ...NOTHING, sent: 46 });
    const tries = (await notificationsOf(rows, couponId)).map((row) => row.tries);
    expect(tries).toEqual(Array.from({ length: 50 }, () => 1));
  });

  it('that refuses half of them by chance does not pause: the others get through', async () => {
    await rows.issue(couponId, users(40));
    let count = 0;
    email.answer = () =>
      (count += 1) % 2 === 0 ? { kind: 'sent' } : { kind: 'failed', reason: 'status 429' };
    const settings = fast({ concurrency: 1 });
    expect(await deliver(rows, { email }, { settings })).toEqual({
      ...NOTHING,
      sent: 20,
      again: 20,
    });
  });

  it('is used by one at a time, and no faster than its rate, also from one run to the next', async () => {
    await rows.issue(couponId, users(20));
    const settings = fast({ perSecond: 20, concurrency: 10 });
    const begun = performance.now();
    const reports = await Promise.all([
      deliver(rows, { email }, { settings }, { budgetMs: 10_000, limit: 10 }),
      deliver(rows, { email }, { settings }, { budgetMs: 10_000, limit: 10 }),
    ]);
    expect(reports.map(({ sent }) => sent).toSorted()).toEqual([0, 10]);
    await deliver(rows, { email }, { settings }, { budgetMs: 10_000, limit: 10 });
    expect(email.ids.length).toBe(20);
    // Twenty of them have nineteen intervals of 50 ms.
    expect(performance.now() - begun).toBeGreaterThan(19 * 50 - 10);
  });

  it('sends no more than a run has time for, and gives the rest back untried', async () => {
    await rows.issue(couponId, users(20));
    const settings = fast({ perSecond: 20, concurrency: 10 });
    const report = await deliver(rows, { email }, { settings }, { budgetMs: 300 });
    expect(report.sent).toBeGreaterThan(0);
    expect(report.sent + report.untried).toBe(20);
    const left = (await notificationsOf(rows, couponId)).filter(({ state }) => state === 'waiting');
    expect(left.length).toBe(report.untried);
    expect(left.every(({ tries, due_in }) => tries === 0 && due_in <= 0)).toBe(true);
  });
});
