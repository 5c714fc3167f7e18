import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { postgresAuditLog } from '../../lambdas/adapters/postgres/audit-log.ts';
import { postgresNotificationLog } from '../../lambdas/adapters/postgres/notification-log.ts';
import { postgresNotificationQueue } from '../../lambdas/adapters/postgres/notification-queue.ts';
import type {
  NotificationLog,
  NotificationQuery,
} from '../../lambdas/domain/notification-ledger.ts';
import { RecordingSender } from '../fakes/recording-sender.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { deliver, nothingWaits, ONLY_ISSUED } from '../support/notified-rows.ts';
import { operator } from '../support/samples.ts';

let rows: IssuedRows;
let log: NotificationLog;
let couponId: string;

beforeAll(async () => {
  rows = await IssuedRows.open();
  log = postgresNotificationLog(rows.database);
});

afterAll(() => rows.close());

beforeEach(async () => {
  await nothingWaits(rows);
  couponId = await rows.newCoupon({ notifications: ONLY_ISSUED });
});

const list = (changes: Partial<NotificationQuery> = {}) =>
  log.list({
    state: 'parked',
    channel: undefined,
    couponId,
    limit: 10,
    after: undefined,
    ...changes,
  });

/** One that was refused for good. Returns its id. */
async function parked(user = 'anna'): Promise<string> {
  await rows.issue(couponId, [user]);
  const email = new RecordingSender(() => ({ kind: 'rejected', reason: 'no such mailbox' }));
  await deliver(rows, { email });
  const [{ id } = { id: '' }] = await list();
  return id;
}

const audited = async (): Promise<string[]> => {
  const audit = postgresAuditLog(rows.database);
  const entries = await audit.listAudit({
    couponId,
    actor: undefined,
    limit: 10,
    after: undefined,
  });
  return entries.map(({ action }) => action).filter((action) => action.startsWith('notification'));
};

describe('the list of notifications', () => {
  it('has what is parked with its reason, the newest first, in pages', async () => {
    const [first, second] = [await parked('anna'), await parked('ben')];
    const [newest, ...others] = await list();
    expect(newest).toMatchObject({
      id: second,
      state: 'parked',
      reason: 'no such mailbox',
      tries: 1,
    });
    expect(others.map(({ id }) => id)).toEqual([first]);
    expect((await list({ after: second })).map(({ id }) => id)).toEqual([first]);
    expect(await list({ channel: 'slack' })).toEqual([]);
    expect(await list({ state: 'sent' })).toEqual([]);
  });
});

describe('a notification that is parked', () => {
  it('is sent after all when it is replayed, with the same id, and that is noted once', async () => {
    const id = await parked();
    const again = { kind: 'done', notification: { id, state: 'waiting', tries: 0 } };
    expect(await log.replay(id, operator)).toMatchObject(again);
    expect(await log.replay(id, operator)).toMatchObject(again);
    const email = new RecordingSender();
    await deliver(rows, { email });
    expect(email.ids).toEqual([id]);
    expect(await log.replay(id, operator)).toEqual({ kind: 'sent' });
    expect(await log.discard(id, operator)).toEqual({ kind: 'sent' });
    expect(await audited()).toEqual(['notification.replayed']);
  });

  it('is never sent when it is discarded, and who did it first stays', async () => {
    const id = await parked();
    const discarded = {
      kind: 'done',
      notification: { id, state: 'discarded', discardedBy: 'operator', reason: 'no such mailbox' },
    };
    expect(await log.discard(id, operator)).toMatchObject(discarded);
    expect(await log.discard(id, { ...operator, id: 'another' })).toMatchObject(discarded);
    const email = new RecordingSender();
    await deliver(rows, { email });
    expect(email.given).toEqual([]);
    expect(await audited()).toEqual(['notification.discarded']);
  });
});

it('a notification that a sender has is not given to another by a replay', async () => {
  await rows.issue(couponId, ['anna']);
  const queue = postgresNotificationQueue(rows.database);
  const [taken] = await queue.take('email', 1, 60_000, 'oldest');
  const replayed = await log.replay(String(taken?.id), operator);
  expect(replayed).toMatchObject({ kind: 'done', notification: { state: 'waiting' } });
  expect(await queue.take('email', 1, 60_000, 'oldest')).toEqual([]);
});

it('a notification that waits is due at once when it is replayed', async () => {
  await rows.issue(couponId, ['anna']);
  const email = new RecordingSender(() => ({ kind: 'failed', reason: 'status 500' }));
  await deliver(rows, { email });
  email.answer = () => ({ kind: 'sent' });
  expect(await deliver(rows, { email })).toMatchObject({ sent: 0 });
  await log.replay(String(email.ids[0]), operator);
  expect(await deliver(rows, { email })).toMatchObject({ sent: 1 });
});

it('what there is not can not be decided', async () => {
  expect(await log.replay('999999999', operator)).toEqual({ kind: 'unknown' });
  expect(await log.discard('999999999', operator)).toEqual({ kind: 'unknown' });
});
