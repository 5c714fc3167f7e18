import { beforeEach, describe, expect, it } from '@jest/globals';
import { emfMeter, type EmfMeter } from '../../lambdas/adapters/emf/emf-meter.ts';
import {
  dimensionNames,
  METRICS,
  SERVICE_DIMENSION,
  type Meter,
  type MetricName,
} from '../../lambdas/domain/metrics.ts';
import { readEmfLine } from '../../local/metrics/emf-line.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { MemoryMeter } from '../fakes/memory-meter.ts';

let clock: ManualClock;
let lines: string[];
let meter: EmfMeter;

beforeEach(() => {
  clock = new ManualClock();
  lines = [];
  meter = emfMeter({ service: 'coupon-test', clock, write: (line) => lines.push(line) });
});

/** Name → what it was, for each metric of the lines. */
function written(): (readonly [name: string, dimensions: object, values: readonly number[]])[] {
  return lines.flatMap(readEmfLine).map(({ name, dimensions, values }) => {
    const { [SERVICE_DIMENSION]: service, ...own } = dimensions;
    expect(service).toBe('coupon-test');
    return [name, own, values] as const;
  });
}

describe('a meter', () => {
  it('adds up counters, keeps the values of distributions and the last of a gauge', () => {
    meter.record('RecordedIssuances', 2);
    meter.record('RecordedIssuances', 3);
    meter.record('GateDuration', 1.23456);
    meter.record('GateDuration', 7);
    meter.record('LedgerDrift', 5);
    meter.record('LedgerDrift', 0);
    meter.flush();
    expect(lines).toHaveLength(1);
    expect(written()).toEqual([
      ['RecordedIssuances', {}, [5]],
      ['GateDuration', {}, [1.235, 7]],
      ['LedgerDrift', {}, [0]],
    ]);
  });

  it('writes a line for each set of dimensions', () => {
    meter.record('Claims', 1, { outcome: 'accepted' });
    meter.record('Claims', 1, { outcome: 'sold_out' });
    meter.record('Claims', 1, { outcome: 'accepted' });
    meter.record('Redemptions', 1, { outcome: 'sold_out' });
    meter.flush();
    expect(lines).toHaveLength(2);
    expect(written()).toEqual([
      ['Claims', { outcome: 'accepted' }, [2]],
      ['Claims', { outcome: 'sold_out' }, [1]],
      ['Redemptions', { outcome: 'sold_out' }, [1]],
    ]);
  });

  it('writes no more than a hundred values of a metric into a line, and loses none', () => {
    const values = Array.from({ length: 250 }, (_, i) => i);
    for (const value of values) meter.record('ClaimDuration', value);
    meter.record('RecordedIssuances', 1);
    meter.flush();
    expect(written().map(([name, , { length }]) => [name, length])).toEqual([
      ['ClaimDuration', 100],
      ['RecordedIssuances', 1],
      ['ClaimDuration', 100],
      ['ClaimDuration', 50],
    ]);
    const all = written().flatMap(([name, , some]) => (name === 'ClaimDuration' ? some : []));
    expect(all).toEqual(values);
  });

  it('writes what came since the last time, and nothing when nothing came', () => {
    meter.record('GatesOpened', 1);
    meter.flush();
    meter.flush();
    meter.record('GatesOpened', 1);
    meter.flush();
    expect(written()).toEqual([
      ['GatesOpened', {}, [1]],
      ['GatesOpened', {}, [1]],
    ]);
  });

  it('is due once a second', () => {
    meter.record('GatesOpened', 1);
    meter.flushIfDue();
    expect(lines).toHaveLength(1);
    meter.record('GatesOpened', 1);
    clock.advance(999);
    meter.flushIfDue();
    expect(lines).toHaveLength(1);
    clock.advance(1);
    meter.flushIfDue();
    expect(lines).toHaveLength(2);
  });

  it.each(Object.keys(METRICS) as MetricName[])(
    'writes %s with exactly the dimensions of the list, as the format wants it',
    (name) => {
      const own = METRICS[name].dimensions.map((dimension) => [dimension, 'some']);
      const untyped = meter as { record(...args: [string, number, object?]): void };
      untyped.record(name, 1, ...(own.length === 0 ? [] : [Object.fromEntries(own) as object]));
      meter.flush();
      expect(lines).toHaveLength(1);
      const line = JSON.parse(lines[0] ?? '') as {
        _aws: { CloudWatchMetrics: unknown };
      } & Record<string, unknown>;
      expect(line._aws.CloudWatchMetrics).toEqual([
        {
          Namespace: 'Coupon',
          Dimensions: [dimensionNames(name)],
          Metrics: [{ Name: name, Unit: METRICS[name].unit }],
        },
      ]);
      expect(Object.keys(line).toSorted()).toEqual(
        ['_aws', ...dimensionNames(name), name].toSorted(),
      );
    },
  );
});

it('takes the metrics of the list with their dimensions alone: the types say so', () => {
  const typed: Meter = new MemoryMeter();
  // @ts-expect-error a claim has an outcome
  typed.record('Claims', 1);
  // @ts-expect-error nothing is measured per user
  typed.record('Claims', 1, { outcome: 'accepted', userId: 'anna' });
  // @ts-expect-error there is no such metric
  typed.record('Claimz', 1);
});
