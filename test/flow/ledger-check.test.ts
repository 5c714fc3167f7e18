import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gateKeys } from '../../lambdas/adapters/valkey/gate-scripts.ts';
import { observer } from '../../local/invariants/read-log-positions.ts';
import { pauseRecording, resumeRecording } from '../../local/recording.ts';
import { statePaths } from '../../local/state.ts';
import { CleanUp } from '../support/clean-up.ts';
import { broken, Flow } from '../support/flow.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { invoke, MetricsPage } from '../support/metrics-page.ts';
import { startOwnServers } from '../support/own-servers.ts';
import { publishRecord } from '../support/publish-record.ts';
import { users } from '../support/shoppers.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 180_000;
const REBUILD_MS = 60_000;

const cleanUp = new CleanUp();
let flow: Flow;
let page: MetricsPage;
let superuser: LedgerReader;
let valkey: Redis;

beforeAll(async () => {
  const own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  flow = cleanUp.add(await Flow.startOn(own), (started) => started.remove());
  page = new MetricsPage(flow);
  superuser = cleanUp.add(new LedgerReader(own.endpoints.databaseAdminUrl), (opened) =>
    opened.close(),
  );
  valkey = cleanUp.add(new Redis(flow.stack.endpoints.valkey), (opened) => {
    opened.disconnect();
  });
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

/** A coupon of which three are issued, at rest. */
async function issuedCoupon(): Promise<string> {
  const couponId = await flow.createCoupon({ quantity: 10 });
  for (const user of users('shopper', 3)) await flow.issue(couponId, user);
  expect(broken(await flow.invariants(couponId))).toEqual([]);
  return couponId;
}

/** What the functions' log says of this coupon's drift, the newest first. */
async function driftsOf(couponId: string): Promise<Record<string, unknown>[]> {
  const log = join(statePaths(flow.stack.stateDir).logs, 'functions.log');
  const lines = (await readFile(log, 'utf8')).split('\n');
  return lines
    .filter((line) => line.includes('"ledger drift"') && line.includes(couponId))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .toReversed();
}

async function checked(): Promise<void> {
  await invoke(flow, 'check');
}

/** Every drift that was ever told. */
async function toldDrifts(): Promise<number[]> {
  return (await page.written()).flatMap(({ name, values }) =>
    name === 'LedgerDrift' ? values : [],
  );
}

describe('the ledger check', () => {
  it(
    'raises no alarm while thousands claim, gates are rebuilt and nothing is recorded for a while',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 2_500 });
      const crowd = users('crowd', 3_000);
      await flow.shoppers.prepare(crowd);
      const over = new AbortController();
      const checks = (async () => {
        let count = 0;
        for (; !over.signal.aborted; count += 1) await checked();
        return count;
      })();
      await claimInTurn(couponId, crowd.slice(0, 1_000));
      await valkey.flushall();
      await claimInTurn(couponId, crowd.slice(800, 1_500));
      await pauseRecording(flow.stack.endpoints);
      await claimInTurn(couponId, crowd.slice(1_500, 2_000));
      await resumeRecording(flow.stack.endpoints);
      await valkey.flushall();
      await claimInTurn(couponId, crowd.slice(1_900, 3_000));
      expect(broken(await flow.invariants(couponId))).toEqual([]);
      over.abort();
      expect(await checks).toBeGreaterThan(10);
      await checked();
      expect(await driftsOf(couponId)).toEqual([]);
      const told = await toldDrifts();
      expect(told.length).toBeGreaterThan(10);
      expect(Math.max(...told)).toBe(0);
      await page.shows(`coupon_units_given{coupon_id="${couponId}"}`, 2_500);
    },
    SLOW_MS,
  );

  async function claimInTurn(couponId: string, crowd: readonly string[]): Promise<void> {
    const waiting = [...crowd];
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        for (let user = waiting.pop(); user !== undefined; user = waiting.pop()) {
          await flow.shoppers.claimUntilSettled(couponId, user);
        }
      }),
    );
  }

  it(
    'takes a claim in quarantine for what it is, and not for lost',
    async () => {
      const couponId = await issuedCoupon();
      await superuser.run('UPDATE coupons SET quantity = issued WHERE id = $1', [couponId]);
      await flow.shoppers.claimUntilSettled(couponId, 'too-many');
      await page.shows('coupon_quarantined_records_total{reason="overflow"}', 1);
      await superuser.run('UPDATE coupons SET quantity = 10 WHERE id = $1', [couponId]);
      await checked();
      expect(await driftsOf(couponId)).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'finds a row that somebody deleted',
    async () => {
      const couponId = await issuedCoupon();
      const [row] = await superuser.rows(couponId);
      await superuser.run('DELETE FROM issuances WHERE id = $1', [row?.id]);
      await checked();
      const [drift] = await driftsOf(couponId);
      expect(drift).toMatchObject({
        level: 'ERROR',
        counter: 1,
        lost: 1,
        unknown: 0,
        issued: 3,
        rows: 2,
        given: 3,
      });
      await page.shows('coupon_ledger_drift', 1);
      expect(JSON.stringify(drift)).not.toMatch(/shopper-|_[\w-]{22}/);
      await close(couponId);
    },
    SLOW_MS,
  );

  it(
    'finds a unit that the gate has given and nobody has',
    async () => {
      const couponId = await issuedCoupon();
      const [gate, claims] = gateKeys(couponId);
      await valkey
        .multi()
        .hset(claims, 'A'.repeat(22), '1|4|1795000000000|1|nobody')
        .hincrby(gate, 'given', 1)
        .exec();
      await checked();
      expect((await driftsOf(couponId))[0]).toMatchObject({ lost: 1, counter: 0, given: 4 });
      await page.shows('coupon_ledger_drift', 1);
      await close(couponId);
    },
    SLOW_MS,
  );

  it(
    'finds a record that was lost from the log before it was stored',
    async () => {
      const couponId = await issuedCoupon();
      await pauseRecording(flow.stack.endpoints);
      await flow.shoppers.claimUntilSettled(couponId, 'unlucky');
      await checked();
      expect(await driftsOf(couponId)).toEqual([]);
      await forgetLog();
      await checked();
      expect((await driftsOf(couponId))[0]).toMatchObject({
        lost: 1,
        counter: 0,
        given: 4,
        rows: 3,
      });
      await resumeRecording(flow.stack.endpoints);
      await close(couponId);
    },
    SLOW_MS,
  );

  it(
    'finds a row that the gate does not know: its unit could be given again',
    async () => {
      const couponId = await issuedCoupon();
      await superuser.insert(couponId, { count: 1, from: 900 });
      await checked();
      expect((await driftsOf(couponId))[0]).toMatchObject({ unknown: 1, lost: 0, given: 3 });
      await close(couponId);
    },
    SLOW_MS,
  );

  /** What drifts is not looked at any more: the next test begins with 0. */
  async function close(couponId: string): Promise<void> {
    await superuser.run(
      `UPDATE coupons SET issue_starts_at = now() - interval '2 days',
         issue_ends_at = now() - interval '1 day' WHERE id = $1`,
      [couponId],
    );
    await checked();
    await page.shows('coupon_ledger_drift', 0);
  }

  /** As retention does with what lies there for too long. */
  async function forgetLog(): Promise<void> {
    const { kafka, topic } = flow.stack.endpoints;
    const admin = observer(kafka.split(',')).admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
    await admin.disconnect();
  }
});

it(
  'records flow again after the log was forgotten',
  async () => {
    await publishRecord(flow.stack.endpoints, 'poison', 'not JSON');
    await until('it is recorded', REBUILD_MS, async () =>
      ((await page.value('coupon_quarantined_records_total{reason="malformed"}')) ?? 0) > 0
        ? true
        : undefined,
    );
  },
  SLOW_MS,
);
