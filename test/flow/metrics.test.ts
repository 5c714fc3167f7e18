import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectValkey } from '../../lambdas/adapters/valkey/valkey-client.ts';
import { valkeyStockGate } from '../../lambdas/adapters/valkey/stock-gate.ts';
import { METRICS, type MetricName } from '../../lambdas/domain/metrics.ts';
import type { StockGate } from '../../lambdas/domain/ports.ts';
import { prometheusName } from '../../lambdas/domain/prometheus-names.ts';
import { checkMetrics, startPrometheus, type Prometheus } from '../monitoring/prometheus.ts';
import { orderOf } from '../support/checkout.ts';
import { CleanUp } from '../support/clean-up.ts';
import { Flow } from '../support/flow.ts';
import { invoke, MetricsPage } from '../support/metrics-page.ts';
import { publishRecord } from '../support/publish-record.ts';
import { recordOf } from '../support/log-entries.ts';
import { claimOf } from '../support/samples.ts';
import { until } from '../support/until.ts';

const SLOW_MS = 120_000;
const REBUILD_MS = 40_000;

const cleanUp = new CleanUp();
let flow: Flow;
let page: MetricsPage;
let prometheus: Prometheus;
/** Statuses of the day's claims, however often one was asked again. */
let claims: number;
let couponId: string;

beforeAll(async () => {
  flow = cleanUp.add(await Flow.start(), (started) => started.remove());
  page = new MetricsPage(flow);
  prometheus = cleanUp.add(await startPrometheus(flow.stack.endpoints.metrics), (started) =>
    started.end(),
  );
  await scriptedDay();
}, SLOW_MS * 2);

afterAll(() => cleanUp.run(), SLOW_MS);

/** Whatever may happen to a coupon, once each. */
async function scriptedDay(): Promise<void> {
  couponId = await flow.createCoupon({
    quantity: 3,
    notifications: { users: { channels: ['email'], events: ['issued'] } },
  });
  const ids = [];
  for (const user of ['anna', 'ben']) ids.push(await flow.issue(couponId, user));
  await flow.shoppers.claimUntilSettled(couponId, 'anna');
  const [issuanceId = ''] = ids;
  expect((await flow.checkout.quote(issuanceId, orderOf('order-1'))).status).toBe(200);
  expect((await flow.checkout.hold(issuanceId, 'order-1')).status).toBe(201);
  expect((await flow.checkout.hold(issuanceId, 'order-2')).status).toBe(409);
  for (const order of ['order-1', 'order-1', 'order-2']) {
    await flow.checkout.redeemUntilSettled(issuanceId, order);
  }
  await stranger();
  await loseGate();
  await lateRecord();
  await publishRecord(flow.stack.endpoints, 'poison', 'not JSON');
  await page.shows('coupon_quarantined_records_total{reason="malformed"}', 1);
  await leavePending();
  await flow.shoppers.claimUntilSettled(couponId, 'dora');
  await page.shows('coupon_notifications_total{channel="email",outcome="sent"}', 3);
  // No function of ours asks for this; it fails as one with a bug does.
  await invoke(flow, 'record', { records: null });
  await invoke(flow, 'check');
  claims = flow.shoppers.replies.length + 1;
}

/** Somebody without a token. */
async function stranger(): Promise<void> {
  const path = `/v1/coupons/${couponId}/issuances`;
  expect((await flow.http.send({ method: 'POST', path })).status).toBe(401);
}

async function loseGate(): Promise<void> {
  const opened = (await page.value('coupon_gates_opened_total')) ?? 0;
  const valkey = new Redis(flow.stack.endpoints.valkey);
  await valkey.flushall();
  valkey.disconnect();
  await invoke(flow, 'check');
  expect(await until('the closed gate is told', REBUILD_MS, () => closedGates())).toBeGreaterThan(
    0,
  );
  // This coupon's: the gates of others may be built before it.
  await until('the gate is built again', REBUILD_MS, async () => {
    const { kind } = await withGate((gate) => gate.status(couponId));
    return kind === 'open' || undefined;
  });
  await until('that is counted', REBUILD_MS, async () =>
    ((await page.value('coupon_gates_opened_total')) ?? 0) > opened ? true : undefined,
  );
}

async function closedGates(): Promise<number | undefined> {
  const closed = (await page.written()).filter(({ name }) => name === 'GatesClosed');
  return closed.flatMap(({ values }) => values).find((value) => value > 0);
}

/** A record of the gate that was lost: its publish came after the fence. */
async function lateRecord(): Promise<void> {
  const record = recordOf(couponId, 'late', { epoch: 1 });
  await publishRecord(flow.stack.endpoints, record.id, JSON.stringify({ v: 1, ...record }));
  await page.shows('coupon_late_records_total', 1);
}

/** A claim whose process died between gate and publish: the sweep publishes it. */
async function leavePending(): Promise<void> {
  const claim = claimOf(couponId, 'carl');
  expect(await withGate((gate) => gate.claim(claim))).toMatchObject({ kind: 'accepted' });
  await page.shows('coupon_swept_claims_total{outcome="published"}', 1);
  await page.shows('coupon_recorded_issuances_total', 3);
}

async function withGate<T>(ask: (gate: StockGate) => Promise<T>): Promise<T> {
  const settings = { url: flow.stack.endpoints.valkey, commandTimeoutMs: 1_000 };
  const valkey = connectValkey(settings, () => undefined);
  try {
    return await ask(valkeyStockGate(valkey, 1_000));
  } finally {
    valkey.disconnect();
  }
}

describe('the metrics of a day', () => {
  it('are all those of the list, and no others', async () => {
    const seen = new Set((await page.written()).map(({ name }) => name));
    seen.delete('Errors');
    expect([...seen].toSorted()).toEqual(Object.keys(METRICS).toSorted());
    const text = await page.text();
    for (const name of Object.keys(METRICS) as MetricName[]) {
      expect(text).toContain(`# HELP ${prometheusName(name)} `);
    }
  });

  it('count what happened', async () => {
    await page.shows('coupon_claims_total{outcome="unauthenticated"}', 1);
    const text = await page.text();
    const of = (outcome: string): number =>
      flow.shoppers.replies.filter(({ code, status }) => (code ?? String(status)) === outcome)
        .length;
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        `coupon_claims_total{outcome="accepted"} ${of('202')}`,
        `coupon_claims_total{outcome="repeated"} ${of('200')}`,
        `coupon_claims_total{outcome="sold_out"} ${of('sold_out')}`,
        `coupon_claim_duration_seconds_count ${claims}`,
        'coupon_redemptions_total{outcome="redeemed"} 1',
        'coupon_redemptions_total{outcome="repeated"} 1',
        'coupon_redemptions_total{outcome="already_redeemed"} 1',
        'coupon_checkouts_total{call="quote",outcome="quoted"} 1',
        'coupon_checkouts_total{call="hold",outcome="held"} 1',
        'coupon_checkouts_total{call="hold",outcome="issuance_held"} 1',
        'coupon_issued_after_seconds_count 3',
        'coupon_quarantine_waiting 1',
        'coupon_record_lag 0',
        'coupon_ledger_drift 0',
        'coupon_unexpected_faults_total{function="record"} 1',
        'coupon_function_errors_total{function="record"} 1',
        `coupon_units_left{coupon_id="${couponId}"} 0`,
        `coupon_units_given{coupon_id="${couponId}"} 3`,
      ]),
    );
  });

  it('tell how old a claim is that nobody has confirmed', async () => {
    const ages = (await page.written()).filter(({ name }) => name === 'PendingAge');
    const most = Math.max(...ages.flatMap(({ values }) => values));
    expect(most).toBeGreaterThanOrEqual(4);
    expect(most).toBeLessThan(60);
    await page.shows('coupon_pending_age_seconds', 0);
  });

  it('name no user, no issuance, no order and no token', async () => {
    const told = `${await page.text()}${JSON.stringify(await page.written())}`;
    const persons = ['anna', 'ben', 'carl', 'dora', 'late', 'order-1', `${couponId}_`, 'eyJ'];
    // Metrics are called late too.
    expect(persons.filter((person) => new RegExp(`\\b${person}\\b`).test(told))).toEqual([]);
  });

  it('are as Prometheus wants them', async () => {
    expect(await checkMetrics(await page.text())).toBe('');
  });

  it('are in a Prometheus that scrapes them', async () => {
    await until('the scrape is there', 10_000, async () => {
      const [sum] = await prometheus.query('sum(coupon_claims_total)');
      expect(sum?.value).toBe(claims);
      return true;
    });
    const [p99] = await prometheus.query(
      'histogram_quantile(0.99, sum by (le) (coupon_claim_duration_seconds_bucket))',
    );
    expect(p99?.value).toBeGreaterThan(0.001);
    const outcomes = await prometheus.query('coupon_redemptions_total');
    expect(outcomes.map(({ labels }) => labels['outcome']).toSorted()).toEqual([
      'already_redeemed',
      'redeemed',
      'repeated',
    ]);
  });
});

describe('functions that are frozen between their invocations', () => {
  it(
    'keep no more than a second’s worth, and lose none of it',
    async () => {
      const frozen = cleanUp.add(await Flow.start({ environments: 1 }), (started) =>
        started.remove(),
      );
      const itsPage = new MetricsPage(frozen);
      const opened = await frozen.createCoupon({ quantity: 10 });
      for (let i = 1; i <= 5; i += 1) {
        await frozen.shoppers.claimUntilSettled(opened, `shopper-${i}`);
      }
      await sleep(1_100);
      await frozen.shoppers.claimUntilSettled(opened, 'last');
      const { length } = frozen.shoppers.replies;
      await itsPage.shows('coupon_claim_duration_seconds_count', length);
      await itsPage.shows('coupon_claims_total{outcome="accepted"}', 6);
    },
    SLOW_MS,
  );
});
