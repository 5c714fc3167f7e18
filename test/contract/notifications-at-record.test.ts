import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { CAUGHT_UP_RECORDS, NOTIFY_AT_RECORD } from '../../lambdas/config/limits.ts';
import { SlowChannels } from '../../lambdas/domain/slow-channels.ts';
import { recordHandler } from '../../lambdas/functions/record/handler.ts';
import { RecordingSender } from '../fakes/recording-sender.ts';
import { IssuedRows } from '../support/issued-rows.ts';
import { claimsEvent } from '../support/log-entries.ts';
import {
  deliver,
  fast,
  notificationsOf,
  nothingWaits,
  ONLY_ISSUED,
} from '../support/notified-rows.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryLogger } from '../fakes/memory-logger.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';

/** A sender that is not answered in time keeps the batch so long, and a busy machine a little more. */
const BAR_MS = NOTIFY_AT_RECORD.haste.cutMs + 700;
/** Longer than a batch may take that asks no channel. */
const AT_ONCE_MS = NOTIFY_AT_RECORD.haste.cutMs / 2;

let rows: IssuedRows;
let email: RecordingSender;
let faults: string[];
/** Of the process. */
let slow: SlowChannels;

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

beforeEach(async () => {
  await nothingWaits(rows);
  email = new RecordingSender();
  faults = [];
  slow = new SlowChannels(systemClock);
});

const settings = fast({ timeoutMs: 8_000 });

/** As the record function does it, with senders that may take as long as they take in earnest. */
async function record(couponId: string, userIds: readonly string[]): Promise<number> {
  const handler = recordHandler({
    ledger: postgresRecordLedger(rows.database, newCode),
    logger: new MemoryLogger(),
    meter: new MemoryMeter(),
    clock: systemClock,
    notifying: {
      caughtUp: CAUGHT_UP_RECORDS,
      send: (only) => deliver(rows, { email }, { settings, slow }, { ...NOTIFY_AT_RECORD, only }),
      onFault: (what) => faults.push(what),
    },
  });
  const begun = performance.now();
  await handler(claimsEvent(couponId, userIds));
  return performance.now() - begun;
}

const telling = (): Promise<string> => rows.newCoupon({ notifications: ONLY_ISSUED });
const users = (count: number): string[] => Array.from({ length: count }, (_, i) => `user-${i}`);

async function states(couponId: string): Promise<string[]> {
  return (await notificationsOf(rows, couponId)).map(({ state }) => state);
}

it('who claims while the record has caught up is told at once', async () => {
  const couponId = await telling();
  await record(couponId, ['anna', 'ben']);
  expect(email.given.length).toBe(2);
  expect(await states(couponId)).toEqual(['sent', 'sent']);
});

it('a batch that is behind sends nothing: it makes room for the next', async () => {
  const couponId = await telling();
  await record(couponId, users(CAUGHT_UP_RECORDS + 1));
  expect(email.given).toEqual([]);
  expect(new Set(await states(couponId))).toEqual(new Set(['waiting']));
});

it('a channel that hangs keeps the record for a second at most, and no issuance from its row', async () => {
  const couponId = await telling();
  email.answer = () => new Promise(() => undefined);
  expect(await record(couponId, ['anna'])).toBeLessThan(BAR_MS);
  expect(await states(couponId)).toEqual(['waiting']);
  // From then on it is left to those who have time.
  expect(await record(couponId, ['ben', 'carl', 'dora'])).toBeLessThan(AT_ONCE_MS);
  expect(email.given.length).toBe(1);
  expect((await states(couponId)).length).toBe(4);
});

it('a receiver that takes longer than the record has is not said to fail, nor asked twice by it', async () => {
  const couponId = await telling();
  email.answer = async () => {
    await sleep(1_500);
    return { kind: 'sent' };
  };
  await record(couponId, ['anna']);
  expect(await notificationsOf(rows, couponId)).toMatchObject([{ state: 'waiting', tries: 0 }]);
  expect(await channel()).toEqual({ failures: 0, is_paused: false });
  await record(couponId, ['ben']);
  expect(email.given.length).toBe(1);
  // Who has time sends both, at once.
  expect(await deliver(rows, { email }, { settings })).toMatchObject({ sent: 2 });
  expect(email.given.length).toBe(3);
});

it('a channel that was too slow is asked again after a while', async () => {
  const couponId = await telling();
  const clock = new ManualClock();
  slow = new SlowChannels(clock);
  email.answer = () => new Promise(() => undefined);
  await record(couponId, ['anna']);
  email.answer = () => ({ kind: 'sent' });
  clock.advance(NOTIFY_AT_RECORD.haste.leaveMs - 1);
  await record(couponId, ['ben']);
  expect(await states(couponId)).toEqual(['waiting', 'waiting']);
  clock.advance(1);
  await record(couponId, ['carl']);
  expect(await states(couponId)).toEqual(['sent', 'sent', 'sent']);
});

it('no attempt is begun that would have too little time to end', async () => {
  const couponId = await telling();
  const begun: number[] = [];
  email.answer = async () => {
    begun.push(performance.now());
    await sleep(50);
    return { kind: 'sent' };
  };
  const pacing = fast({ timeoutMs: 8_000, perSecond: 14 });
  await rows.issue(couponId, users(20));
  const start = performance.now();
  const report = await deliver(rows, { email }, { settings: pacing }, NOTIFY_AT_RECORD);
  expect(report).toMatchObject({ again: 0, cut: 0 });
  expect(report.sent).toBeGreaterThan(0);
  expect(report.sent + report.untried).toBe(20);
  expect(Math.max(...begun) - start).toBeLessThan(NOTIFY_AT_RECORD.budgetMs + 50);
});

it('a channel that has failed is not tried by the record, and stays as it was', async () => {
  const couponId = await telling();
  await rows.owner.query('UPDATE notification_channels SET failures = 3');
  expect(await record(couponId, ['anna'])).toBeLessThan(AT_ONCE_MS);
  expect(email.given).toEqual([]);
  expect(await channel()).toEqual({ failures: 3, is_paused: false });
  expect(await deliver(rows, { email }, { settings })).toMatchObject({ sent: 1 });
});

async function channel(): Promise<unknown> {
  const { rows: found } = await rows.owner.query<object>(
    `SELECT failures, paused_until > now() AS is_paused FROM notification_channels
     WHERE channel = 'email'`,
  );
  return found[0];
}

it('a channel that another has is left to the other', async () => {
  const couponId = await telling();
  await rows.owner.query(
    `UPDATE notification_channels SET leased_until = now() + interval '1 minute', holder = 'other'`,
  );
  expect(await record(couponId, ['anna'])).toBeLessThan(AT_ONCE_MS);
  expect(email.given).toEqual([]);
});

it('a batch that tells of nothing asks no channel', async () => {
  const couponId = await rows.newCoupon();
  await rows.owner.query(`UPDATE notification_channels SET holder = 'nobody'`);
  await record(couponId, ['anna']);
  const { rows: channels } = await rows.owner.query(
    `SELECT channel, holder FROM notification_channels WHERE holder <> 'nobody'`,
  );
  expect(channels).toEqual([]);
  expect(faults).toEqual([]);
});
