import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { postgresNotificationPlans } from '../../lambdas/adapters/postgres/notification-plans.ts';
import { purgeNotifications } from '../../lambdas/adapters/postgres/notification-purge.ts';
import { NOTIFICATION_TTL_SECONDS } from '../../lambdas/config/limits.ts';
import { NOTIFICATION_STATES } from '../../lambdas/domain/notification-ledger.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { EVERYTHING, notificationsOf } from '../support/notified-rows.ts';

const DAY_SECONDS = 24 * 60 * 60;
const DAY_MS = 1_000 * DAY_SECONDS;

let rows: IssuedRows;
let couponId: string;

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

beforeEach(async () => {
  couponId = await rows.newCoupon({ notifications: EVERYTHING });
});

const purge = (): Promise<number> => purgeNotifications(rows.database, NOTIFICATION_TTL_SECONDS);

/** Of users where there is an issuance, of operators where not. */
async function settledAgo(
  state: string,
  seconds: number,
  { issuanceId, count = 1 }: { issuanceId?: string | undefined; count?: number } = {},
): Promise<void> {
  await rows.owner.query(
    `INSERT INTO notifications (event, channel, subject, coupon_id, issuance_id, state, settled_at,
       discarded_by)
     SELECT CASE WHEN $2::text IS NULL THEN 'sold_out' ELSE 'issued' END, 'sns',
       gen_random_uuid()::text, $1, $2::text, $3::text,
       CASE WHEN $3::text <> 'waiting' THEN now() - $4 * interval '1 second' END,
       CASE WHEN $3::text = 'discarded' THEN 'olga' END
     FROM generate_series(1, $5)`,
    [couponId, issuanceId ?? null, state, seconds, count],
  );
}

async function left(): Promise<string[]> {
  const notifications = await notificationsOf(rows, couponId);
  return notifications.filter(({ channel }) => channel === 'sns').map(({ state }) => state);
}

describe('a purge of notifications', () => {
  it('drops what was settled more than 90 days ago, and never what waits or is parked', async () => {
    const [issuanceId] = await rows.issue(couponId, ['anna']);
    for (const state of NOTIFICATION_STATES) {
      await settledAgo(state, 90 * DAY_SECONDS + 60, { issuanceId });
    }
    for (const state of ['sent', 'nobody', 'discarded']) {
      await settledAgo(state, 90 * DAY_SECONDS - 60, { issuanceId });
    }
    expect(await purge()).toBe(3);
    expect(await left()).toEqual(['waiting', 'parked', 'sent', 'nobody', 'discarded']);
    expect(await purge()).toBe(0);
  });

  it('takes as many statements as there is', async () => {
    const [issuanceId] = await rows.issue(couponId, ['anna']);
    await settledAgo('sent', 91 * DAY_SECONDS, { issuanceId, count: 12_001 });
    expect(await purge()).toBe(12_001);
  });

  it('leaves what operators were told until the window of the coupon is as long ago', async () => {
    await settledAgo('sent', 200 * DAY_SECONDS);
    const endedAgo = (days: number) =>
      rows.owner.query(
        `UPDATE coupons SET issue_starts_at = now() - interval '1 year', issue_ends_at = now() - $2 * interval '1 day'
         WHERE id = $1`,
        [couponId, days],
      );
    await endedAgo(89);
    expect(await purge()).toBe(0);
    await endedAgo(91);
    expect(await purge()).toBe(1);
  });

  it('has nobody told twice how a coupon went that was closed long before its end', async () => {
    const plans = postgresNotificationPlans(rows.database);
    const issueEndsAt = Date.now() + 300 * DAY_MS;
    couponId = await rows.newCoupon({ notifications: EVERYTHING, issueEndsAt });
    await rows.owner.query(`UPDATE coupons SET control = 'closed' WHERE id = $1`, [couponId]);
    const ended = async () => (await plans.endedCoupons()).find(({ id }) => id === couponId);
    const end = await ended();
    if (end === undefined) throw new Error('not ended');
    await plans.tellSummary(end, { issued: 1 });
    await rows.owner.query(
      `UPDATE notifications SET state = 'sent', settled_at = now() - interval '100 days'
       WHERE coupon_id = $1`,
      [couponId],
    );
    await purge();
    expect(await ended()).toBeUndefined();
  });

  it('is all that the application may delete', async () => {
    for (const state of ['waiting', 'parked']) {
      await settledAgo(state, 0);
      await expect(
        rows.database.query('DELETE FROM notifications WHERE coupon_id = $1 AND state = $2', [
          couponId,
          state,
        ]),
      ).rejects.toThrow('is not settled');
    }
  });
});

it.each(['nobody', 'discarded'])('what is %s is listed by an index', async (state) => {
  const { rows: plan } = await rows.owner.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT id FROM notifications WHERE state = '${state}' ORDER BY id DESC LIMIT 20`,
  );
  const steps = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(steps).toContain('using notifications_unsent');
  expect(steps).not.toContain('Sort');
});
