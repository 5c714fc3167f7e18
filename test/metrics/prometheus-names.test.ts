import { expect, it } from '@jest/globals';
import { METRICS, type MetricName } from '../../lambdas/domain/metrics.ts';
import {
  prometheusBuckets,
  prometheusLabel,
  prometheusName,
  prometheusValue,
} from '../../lambdas/domain/prometheus-names.ts';

const names = Object.keys(METRICS) as MetricName[];

it.each([
  ['Claims', 'coupon_claims_total'],
  ['ClaimDuration', 'coupon_claim_duration_seconds'],
  ['RecordBatch', 'coupon_record_batch'],
  ['PendingAge', 'coupon_pending_age_seconds'],
  ['LedgerDrift', 'coupon_ledger_drift'],
] as const)('%s is called %s in Prometheus', (name, expected) => {
  expect(prometheusName(name)).toBe(expected);
});

it('every metric has a name of its own, which Prometheus takes', () => {
  const all = names.map(prometheusName);
  expect(new Set(all).size).toBe(all.length);
  expect(all.filter((name) => !/^coupon_[a-z_]+$/.test(name))).toEqual([]);
  expect(prometheusLabel('couponId')).toBe('coupon_id');
});

it('durations are told in seconds', () => {
  expect(prometheusValue('ClaimDuration', 250)).toBe(0.25);
  expect(prometheusValue('PendingAge', 3)).toBe(3);
  expect(prometheusValue('RecordBatch', 500)).toBe(500);
});

it('buckets rise', () => {
  for (const name of ['ClaimDuration', 'RecordBatch'] as const) {
    const buckets = prometheusBuckets(name);
    expect(buckets).toEqual([...new Set(buckets)].toSorted((a, b) => a - b));
  }
});
