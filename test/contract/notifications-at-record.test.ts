import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock } from '../../lambdas/adapters/clock/system-clock.ts';
import { newCode } from '../../lambdas/adapters/crypto/identifiers.ts';
import { postgresRecordLedger } from '../../lambdas/adapters/postgres/record-ledger.ts';
import { CAUGHT_UP_RECORDS, NOTIFY_AT_RECORD } from '../../lambdas/config/limits.ts';
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
import { MemoryLogger } from '../fakes/memory-logger.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';

/** A sender that is not answered in time keeps the batch so long, and a busy machine a little more. */
const BAR_MS = NOTIFY_AT_RECORD.budgetMs + 700;

let rows: IssuedRows;
let email: RecordingSender;
let faults: string[];

beforeAll(async () => {
  rows = await IssuedRows.open();
});

afterAll(() => rows.close());

beforeEach(async () => {
  await nothingWaits(rows);
  email = new RecordingSender();
  faults = [];
});

/** As the record function does it, with senders that may take as long as they take in earnest. */
async function record(couponId: string, userIds: readonly string[]): Promise<number> {
  const settings = fast({ timeoutMs: 8_000 });
  const handler = recordHandler({
    ledger: postgresRecordLedger(rows.database, newCode),
    logger: new MemoryLogger(),
    meter: new MemoryMeter(),
    clock: systemClock,
    notifying: {
      caughtUp: CAUGHT_UP_RECORDS,
      send: (only) => deliver(rows, { email }, { settings }, { ...NOTIFY_AT_RECORD, only }),
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
  // Once it has failed time and again it is not asked any more.
  await record(couponId, ['ben', 'carl', 'dora']);
  const asked = email.given.length;
  expect(await record(couponId, ['emma'])).toBeLessThan(NOTIFY_AT_RECORD.budgetMs / 2);
  expect(email.given.length).toBe(asked);
  expect((await states(couponId)).length).toBe(5);
});

it('a channel that another has is left to the other', async () => {
  const couponId = await telling();
  await rows.owner.query(
    `UPDATE notification_channels SET leased_until = now() + interval '1 minute', holder = 'other'`,
  );
  expect(await record(couponId, ['anna'])).toBeLessThan(NOTIFY_AT_RECORD.budgetMs / 2);
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
