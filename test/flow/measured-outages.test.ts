import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import type { EmfMetric } from '../../local/metrics/emf-line.ts';
import { pauseRecording, resumeRecording } from '../../local/recording.ts';
import { CleanUp } from '../support/clean-up.ts';
import { Flow } from '../support/flow.ts';
import { functionsLog, linesOf } from '../support/functions-log.ts';
import { LedgerReader } from '../support/ledger-reader.ts';
import { invoke, MetricsPage } from '../support/metrics-page.ts';
import { startOwnServers, type OwnServers } from '../support/own-servers.ts';
import { claimOf } from '../support/samples.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 180_000;
const PATIENCE_MS = 60_000;

const cleanUp = new CleanUp();
let own: OwnServers;
let flow: Flow;
let page: MetricsPage;

beforeAll(async () => {
  own = cleanUp.add(await startOwnServers(), (started) => started.remove());
  flow = cleanUp.add(await Flow.startOn(own), (started) => started.remove());
  page = new MetricsPage(flow);
}, SLOW_MS);

afterAll(() => cleanUp.run(), SLOW_MS);

/** What was told until now is that many. */
async function toldSoFar(): Promise<number> {
  return (await page.written()).length;
}

/** Waits until a value of this metric is told that is as it should be, from now on or from then. */
async function tells(
  name: string,
  isRight: (value: number, dimensions: EmfMetric['dimensions']) => boolean,
  from?: number,
): Promise<void> {
  const before = from ?? (await toldSoFar());
  await until(`${name} is told`, PATIENCE_MS, async () => {
    const since = (await page.written()).slice(before).filter((metric) => metric.name === name);
    const isTold = since.some(({ values, dimensions }) =>
      values.some((value) => isRight(value, dimensions)),
    );
    return isTold || undefined;
  });
}

describe('what is measured while something is away', () => {
  it(
    'tells how many records wait to be recorded while PostgreSQL is stopped',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 10 });
      await flow.shoppers.prepare(['anna', 'ben']);
      await pauseRecording(flow.stack.endpoints);
      for (const user of ['anna', 'ben']) {
        await flow.shoppers.claimUntilSettled(couponId, user);
      }
      await own.whileStopped('postgres', async () => {
        expect(await invoke(flow, 'check')).toMatchObject({ errorType: 'LedgerUnavailable' });
        await tells('RecordLag', (value) => value === 2);
      });
      await resumeRecording(flow.stack.endpoints);
      await tells('RecordLag', (value) => value === 0);
    },
    SLOW_MS,
  );

  it(
    'tells that a claim stays pending, and for how long, while Kafka is stopped',
    async () => {
      const couponId = await flow.createCoupon({ quantity: 10 });
      await flow.issue(couponId, 'carl');
      const away = await own.whileStopped('kafka', async () => {
        await leavePending(couponId);
        await tells('PendingAge', (seconds) => seconds >= 4);
        await tells('SweptClaims', (count, { outcome }) => outcome === 'failed' && count === 1);
        return toldSoFar();
      });
      // It may be published before Kafka is known to be back.
      await tells(
        'SweptClaims',
        (count, { outcome }) => outcome === 'published' && count === 1,
        away,
      );
      await tells('PendingAge', (seconds) => seconds === 0);
    },
    SLOW_MS,
  );

  it(
    'tells of a bug in what the notify function does beside its sending',
    async () => {
      const superuser = new LedgerReader(own.endpoints.databaseAdminUrl);
      try {
        await superuser.run('ALTER TABLE reminder_plans RENAME TO forgotten_by_a_migration');
        await tells('UnexpectedFaults', (_, dimensions) => dimensions['function'] === 'notify');
      } finally {
        await superuser.run('ALTER TABLE forgotten_by_a_migration RENAME TO reminder_plans');
        await superuser.close();
      }
      const lines = linesOf(await functionsLog(flow.stack.stateDir));
      expect(lines.filter(({ message }) => message === 'unexpected fault')).toContainEqual(
        expect.objectContaining({
          level: 'ERROR',
          function: 'notify',
          what: 'reminders',
          reason: '42P01',
        }),
      );
    },
    SLOW_MS,
  );
});

/** A claim whose process died between gate and publish. */
async function leavePending(couponId: string): Promise<void> {
  const valkey = connectValkey(
    { url: flow.stack.endpoints.valkey, commandTimeoutMs: 1_000 },
    () => undefined,
  );
  const gate = valkeyStockGate(valkey, 1_000);
  expect(await gate.claim(claimOf(couponId, 'dora'))).toMatchObject({ kind: 'accepted' });
  valkey.disconnect();
}
