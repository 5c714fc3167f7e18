import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresErasureLedger } from '../../lambdas/adapters/postgres/erasure-ledger.ts';
import { postgresNotificationQueue } from '../../lambdas/adapters/postgres/notification-queue.ts';
import type { NotificationToSend, SendOutcome } from '../../lambdas/domain/notification.ts';
import type { DueOrder } from '../../lambdas/domain/notification-ledger.ts';
import { RecordingSender } from '../fakes/recording-sender.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import {
  deliver,
  fast,
  notificationsOf,
  NOTHING,
  nothingWaits,
  ONLY_ISSUED,
} from '../support/notified-rows.ts';
import { ids, operator } from '../support/samples.ts';

const SENT: SendOutcome = { kind: 'sent' };
const FAILED: SendOutcome = { kind: 'failed', reason: 'status 503' };
const PAUSES_AFTER = 3;

let rows: IssuedRows;
let couponId: string;
let email: RecordingSender;

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

beforeEach(async () => {
  await nothingWaits(rows);
  couponId = await rows.newCoupon({ notifications: ONLY_ISSUED });
  email = new RecordingSender();
});

const users = (count: number): string[] => Array.from({ length: count }, (_, i) => `user-${i}`);
const userOf = ({ facts }: NotificationToSend): string => facts.issuance?.userId ?? '';

/** It has failed so often in a row, and its pause is over. */
async function onTrial(failures = PAUSES_AFTER): Promise<void> {
  await rows.owner.query(
    `UPDATE notification_channels SET failures = $1, paused_until = '-infinity'`,
    [failures],
  );
}

async function stateOfChannel(): Promise<{ failures: number; pause: number }> {
  const { rows: found } = await rows.owner.query<{ failures: number; pause: number }>(
    `SELECT failures, round(extract(epoch FROM greatest(paused_until, now()) - now()))::int AS pause
     FROM notification_channels WHERE channel = 'email'`,
  );
  return found[0] ?? { failures: -1, pause: -1 };
}

describe('a channel on trial', () => {
  it('is tried by an attempt, and by none of those whom there is nobody to tell of', async () => {
    await rows.issue(couponId, [...users(30), 'zoe']);
    const zoe = { id: 'zoe', key: ids.userKey('zoe') };
    await postgresErasureLedger(rows.database).eraseUser(zoe, operator);
    await makeDueInTurn();
    const isKnown = (userId: string): boolean => /^user-1\d$/.test(userId);
    email.answer = (told) =>
      isKnown(userOf(told)) ? SENT : { kind: 'nobody', reason: 'no address' };
    await onTrial();
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, sent: 10, nobody: 21 });
    expect(await stateOfChannel()).toEqual({ failures: 0, pause: 0 });
  });

  it('is not tried by a user who cannot be written to: that says nothing of the channel', async () => {
    await rows.issue(couponId, users(5));
    await makeDueInTurn();
    email.answer = (told) =>
      userOf(told) === 'user-2'
        ? FAILED
        : { kind: 'rejected', reason: 'no address', isUnasked: true };
    await onTrial();
    const settings = fast({ concurrency: 1 });
    expect(await deliver(rows, { email }, { settings })).toEqual({
      ...NOTHING,
      parked: 4,
      again: 1,
    });
    expect(await stateOfChannel()).toEqual({ failures: PAUSES_AFTER + 1, pause: 20 });
  });

  it('does not pause again while nothing has failed', async () => {
    await onTrial(PAUSES_AFTER + 5);
    expect(await deliver(rows, { email })).toEqual(NOTHING);
    expect(await stateOfChannel()).toEqual({ failures: PAUSES_AFTER + 5, pause: 0 });
    await rows.issue(couponId, ['anna']);
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, sent: 1 });
  });

  it('is tried by the newest and by the oldest in turn: neither keeps all others waiting', async () => {
    await rows.issue(couponId, users(9));
    await makeDueInTurn();
    email.answer = () => FAILED;
    for (let failures = PAUSES_AFTER; failures < PAUSES_AFTER + 4; failures += 1) {
      await onTrial(failures);
      await deliver(rows, { email });
    }
    expect(email.given.map(userOf)).toEqual(['user-8', 'user-0', 'user-7', 'user-1']);
    // Whoever is at the head and fails: one attempt that passes is enough for all.
    email.answer = (told) => (userOf(told) === 'user-2' ? FAILED : SENT);
    await onTrial(PAUSES_AFTER + 4);
    expect(await deliver(rows, { email })).toEqual({ ...NOTHING, sent: 4, again: 1 });
    expect(await stateOfChannel()).toMatchObject({ pause: 0 });
  });

  it('is tried by who was tried least: what comes back is the newest of all, and fails again', async () => {
    await rows.issue(couponId, users(9));
    await makeDueInTurn();
    const failsAgain = `UPDATE notifications SET tries = 4 WHERE coupon_id = $1 AND issuance_id IN (
      SELECT id FROM issuances WHERE user_id IN ('user-0', 'user-7', 'user-8'))`;
    await rows.owner.query(failsAgain, [couponId]);
    email.answer = () => FAILED;
    await onTrial();
    await deliver(rows, { email });
    expect(email.given.map(userOf)).toEqual(['user-6']);
  });

  it('pauses for longer with each trial that fails, and from the shortest after one that passed', async () => {
    await rows.issue(couponId, users(40));
    const pauses = [];
    for (const outcome of [FAILED, FAILED, FAILED, SENT]) {
      email.answer = () => outcome;
      if (pauses.length > 0) await onTrial((await stateOfChannel()).failures);
      await deliver(rows, { email }, {}, { budgetMs: 5_000, limit: 5 });
      pauses.push((await stateOfChannel()).pause);
    }
    email.answer = () => FAILED;
    await deliver(rows, { email });
    expect([...pauses, (await stateOfChannel()).pause]).toEqual([10, 20, 40, 0, 10]);
  });
});

describe('a channel that begins to fail', () => {
  it('leaves what it has not tried in its place, the oldest first', async () => {
    await rows.issue(couponId, users(9));
    await makeDueInTurn();
    email.answer = () => FAILED;
    const settings = fast({ concurrency: 1 });
    expect(await deliver(rows, { email }, { settings })).toMatchObject({ again: 3, untried: 6 });
    email.answer = () => SENT;
    await onTrial(PAUSES_AFTER - 1);
    const run = { budgetMs: 5_000, limit: 1 };
    for (let left = 6; left > 0; left -= 1) await deliver(rows, { email }, { settings }, run);
    expect(email.given.map(userOf)).toEqual(users(9));
  });

  it('pauses for the shortest time, however many attempts were under way', async () => {
    await rows.issue(couponId, users(40));
    email.answer = async () => {
      await sleep(50);
      return FAILED;
    };
    const report = await deliver(rows, { email }, { settings: fast({ concurrency: 25 }) });
    expect(report.again).toBeGreaterThanOrEqual(25);
    expect(await stateOfChannel()).toEqual({ failures: PAUSES_AFTER, pause: 10 });
  });
});

describe('what is due', () => {
  it.each<DueOrder>(['oldest', 'newest'])('is found by its index, the %s first', async (order) => {
    let plan = '';
    const explaining = {
      ...rows.database,
      query: async (text: string, values: readonly unknown[] = []) => {
        await rows.owner.query('BEGIN; SET LOCAL enable_seqscan = off');
        const explained = await rows.owner.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [
          ...values,
        ]);
        await rows.owner.query('ROLLBACK');
        plan = explained.rows.map((row) => row['QUERY PLAN']).join('\n');
        return { ...explained, rows: [] };
      },
    };
    const database = explaining;
    await postgresNotificationQueue(database).take('email', 1, 60_000, order);
    const [, due = ''] = /CTE due\n([\s\S]*?)CTE taken/.exec(plan) ?? [];
    // Nothing is sorted before it is few.
    expect(due).toMatch(
      order === 'oldest'
        ? /Limit.*\n.*LockRows.*\n.*Index Scan using notifications_due/
        : /Limit.*\n.*Index Scan Backward using notifications_due/,
    );
    expect(due).not.toContain('Seq Scan');
  });

  it('is taken at any rate, whole or not', async () => {
    await rows.issue(couponId, users(3));
    const settings = fast({ perSecond: 14.5 });
    expect(await deliver(rows, { email }, { settings })).toEqual({ ...NOTHING, sent: 3 });
    await rows.issue(await rows.newCoupon({ notifications: ONLY_ISSUED }), ['anna']);
    const slowest = fast({ perSecond: 0.1 });
    expect(await deliver(rows, { email }, { settings: slowest })).toEqual({ ...NOTHING, sent: 1 });
  });
});

describe('a run that has time', () => {
  it('asks again for a channel that another has', async () => {
    await rows.issue(couponId, ['anna']);
    const held = `UPDATE notification_channels SET holder = 'record',
      leased_until = now() + interval '400 milliseconds'`;
    await rows.owner.query(held);
    expect(await deliver(rows, { email })).toEqual(NOTHING);
    const run = { budgetMs: 5_000, patienceMs: 3_000 };
    expect(await deliver(rows, { email }, {}, run)).toEqual({ ...NOTHING, sent: 1 });
  });

  it('gives its last attempts as long as the channel has', async () => {
    await rows.issue(couponId, ['anna']);
    email.answer = async () => {
      await sleep(400);
      return SENT;
    };
    const settings = fast({ timeoutMs: 2_000 });
    const report = await deliver(rows, { email }, { settings }, { budgetMs: 200 });
    expect(report).toEqual({ ...NOTHING, sent: 1 });
    expect(await notificationsOf(rows, couponId)).toMatchObject([{ state: 'sent', tries: 1 }]);
  });
});

/** A second between each and the next, in the order of the users. */
async function makeDueInTurn(): Promise<void> {
  await rows.owner.query(
    `UPDATE notifications SET due_at = now() - interval '1 hour' + place * interval '1 second'
     FROM (SELECT notifications.id, row_number() OVER (ORDER BY user_id) AS place
       FROM notifications JOIN issuances ON issuances.id = issuance_id
       WHERE notifications.coupon_id = $1) AS places
     WHERE notifications.id = places.id`,
    [couponId],
  );
}
