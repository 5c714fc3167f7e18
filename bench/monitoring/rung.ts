import {
  METRIC_NAMESPACE,
  PLATFORM_METRICS,
  SERVICE_DIMENSION,
} from '../../lambdas/domain/metrics.ts';
import type { AlarmDefinition } from '../../lib/monitoring/alarm.ts';
import type { Measure, Series } from '../../lib/monitoring/measure.ts';
import { PERIOD_S } from '../../lib/monitoring/thresholds.ts';
import type { Observation } from './recorded.ts';
import { statisticOf } from './statistics.ts';

/** An alarm that rang. */
export interface Rung {
  readonly id: string;
  /** The end of the period at which it began to: milliseconds after the beginning. */
  readonly atMs: number;
  /** What it saw in that period, if it saw anything. */
  readonly value: number | undefined;
}

/** Periods begin with `from`; the last one is judged as if it were over. Milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

const PERIOD_MS = PERIOD_S * 1000;

const { FunctionErrors } = PLATFORM_METRICS;
/** What is measured on one machine: our own, and the errors of functions, by the stand-in of Lambda. */
const NAMESPACES_HERE: readonly string[] = [METRIC_NAMESPACE, FunctionErrors.namespace];

/** Whether what the alarm looks at is measured on one machine. */
export function isHere({ measure }: AlarmDefinition): boolean {
  if (measure.kind !== 'platform') return true;
  return measure.metric.of === 'function' && measure.metric.name === FunctionErrors.name;
}

/**
 * Which alarms would have rung in CloudWatch, given what was measured between two moments. Before
 * the first moment nothing is known: an alarm that wants several periods waits for them.
 *
 * @param alarms those on what is not measured on one machine never ring
 */
export function rungAlarms(
  alarms: readonly AlarmDefinition[],
  observations: readonly Observation[],
  { from, until }: Span,
): Rung[] {
  const count = Math.max(1, Math.ceil((until - from) / PERIOD_MS));
  const ours = observations.filter(
    ({ namespace, at }) => NAMESPACES_HERE.includes(namespace) && at >= from && at < until,
  );
  const periods = Array.from({ length: count }, () => new Map<string, Observation[]>());
  for (const observation of ours) {
    const period = periods[Math.floor((observation.at - from) / PERIOD_MS)];
    const key = keyOf(observation.name, withoutService(observation.dimensions));
    const there = period?.get(key);
    if (there === undefined) period?.set(key, [observation]);
    else there.push(observation);
  }
  return alarms.flatMap((alarm) => {
    if (!isHere(alarm)) return [];
    const values = periods.map((period) => valueOf(alarm.measure, period));
    const first = values.findIndex((_, last) => ringsAt(alarm, values, last));
    return first < 0 ? [] : [{ id: alarm.id, atMs: (first + 1) * PERIOD_MS, value: values[first] }];
  });
}

/** At the end of this period: so many of the last so many breach. */
function ringsAt(
  { threshold, rings, breaching, of, missing }: AlarmDefinition,
  values: readonly (number | undefined)[],
  last: number,
): boolean {
  if (typeof threshold !== 'number') return false;
  const window = values.slice(Math.max(0, last + 1 - of), last + 1);
  const breaches = window.filter((value) => {
    if (value === undefined) return missing === 'bad';
    return rings === 'at least' ? value >= threshold : value < threshold;
  });
  return breaches.length >= breaching;
}

type Period = ReadonlyMap<string, readonly Observation[]>;

/** As CloudWatch computes the expression that `lib/constructs/metric-of.ts` makes of a measure. */
function valueOf(measure: Measure, period: Period): number | undefined {
  const value = (series: Series): number | undefined =>
    statisticOf(series.statistic, period.get(keyOf(series.metric, series.dimensions ?? {})) ?? []);
  const sum = (all: readonly Series[]): number | undefined => {
    const there = all.flatMap((series) => value(series) ?? []);
    return there.length === 0 ? undefined : there.reduce((a, b) => a + b);
  };
  switch (measure.kind) {
    case 'sum':
      return sum(measure.of);
    case 'share': {
      const whole = value(measure.whole);
      if (whole === undefined) return undefined;
      return whole >= measure.atLeast ? (sum(measure.of) ?? 0) / whole : 0;
    }
    case 'percentile': {
      const { of, atLeast } = measure;
      const count = value({ ...of, statistic: 'SampleCount' });
      if (count === undefined) return undefined;
      return count >= atLeast ? value(of) : 0;
    }
    case 'stalled': {
      const waiting = value(measure.waiting);
      if (waiting === undefined) return undefined;
      return (value(measure.moving) ?? 0) === 0 ? waiting : 0;
    }
    case 'platform': {
      const { metric, statistic } = measure;
      if (metric.of !== 'function') return undefined;
      const key = keyOf(metric.name, { [FunctionErrors.dimension]: metric.function });
      return statisticOf(statistic, period.get(key) ?? []);
    }
  }
}

function keyOf(name: string, dimensions: Readonly<Record<string, string>>): string {
  const parts = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return [name, ...parts.toSorted()].join(' ');
}

/** One machine is one environment. */
function withoutService({
  [SERVICE_DIMENSION]: _service,
  ...others
}: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return others;
}
