import type { MetricName } from '../../lambdas/domain/metrics.ts';
import type { PlatformMetric } from './platform-metrics.ts';
import { VALUES_OF_A_P99 } from './thresholds.ts';

/** As CloudWatch names them. */
export type Statistic = 'Sum' | 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'p50' | 'p99';

/** One of our metrics, where it has these dimensions and no others. */
export interface Series {
  readonly metric: MetricName;
  readonly statistic: Statistic;
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** What an alarm looks at: a number a period, or none. */
export type Measure =
  /** Added up; a series without a value adds nothing. */
  | { readonly kind: 'sum'; readonly of: readonly Series[] }
  /** From 0 to 1; 0 as long as the whole is smaller than `atLeast`: one of two is no half. */
  | {
      readonly kind: 'share';
      readonly of: readonly Series[];
      readonly whole: Series;
      readonly atLeast: number;
    }
  /** 0 as long as there are fewer values than `atLeast`: the slowest of a few says nothing. */
  | { readonly kind: 'percentile'; readonly of: Series; readonly atLeast: number }
  /** What waits, as long as nothing at all moves; 0 else. */
  | { readonly kind: 'stalled'; readonly waiting: Series; readonly moving: Series }
  | {
      readonly kind: 'platform';
      readonly metric: PlatformMetric;
      readonly statistic: Statistic;
      /** Of a percentile, as above. */
      readonly atLeast?: number;
    };

/** Of one series: what most alarms look at. */
export function measured(
  metric: MetricName,
  statistic: Statistic,
  dimensions?: Readonly<Record<string, string>>,
): Measure {
  const series = dimensions === undefined ? {} : { dimensions };
  return { kind: 'sum', of: [{ metric, statistic, ...series }] };
}

/** The value that one in a hundred exceeds. */
export function slowest(metric: MetricName): Measure {
  return { kind: 'percentile', of: { metric, statistic: 'p99' }, atLeast: VALUES_OF_A_P99 };
}

/** Of a metric, one series for each of these values of its dimension, and the same of `others`. */
export function each(
  metric: MetricName,
  statistic: Statistic,
  dimension: string,
  values: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Series[] {
  return values.map((value) => {
    return { metric, statistic, dimensions: { [dimension]: value, ...others } };
  });
}

/** Our series that a measure is made of. */
export function seriesOf(measure: Measure): readonly Series[] {
  switch (measure.kind) {
    case 'sum':
      return measure.of;
    case 'share':
      return [...measure.of, measure.whole];
    case 'percentile':
      return [measure.of];
    case 'stalled':
      return [measure.waiting, measure.moving];
    case 'platform':
      return [];
  }
}
