import type { MetricDefinition, MetricName } from './metrics.ts';
import { METRICS } from './metrics.ts';

/**
 * How the metrics are called in Prometheus, by its conventions: small letters, base units (seconds),
 * `_total` for what only grows. Whoever writes its queries takes the names from here.
 */
export function prometheusName(name: MetricName): string {
  const { kind, unit }: MetricDefinition = METRICS[name];
  const inSeconds = unit === 'Count' ? '' : '_seconds';
  return `coupon_${snakeCase(name)}${inSeconds}${kind === 'counter' ? '_total' : ''}`;
}

/** The label of a dimension. {@link SERVICE_DIMENSION} has none: a scrape is of one service. */
export function prometheusLabel(dimension: string): string {
  return snakeCase(dimension);
}

/** A value in Prometheus' base unit. */
export function prometheusValue(name: MetricName, value: number): number {
  return METRICS[name].unit === 'Milliseconds' ? value / 1_000 : value;
}

/** Upper bounds of a distribution's buckets, in Prometheus' base unit. */
export function prometheusBuckets(name: MetricName): readonly number[] {
  return METRICS[name].unit === 'Milliseconds' ? SECONDS : COUNTS;
}

// Close together around what is promised: 100 ms for a claim, 2 s until it is issued.
const SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60,
];
const COUNTS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

/** Of Lambda's own count of errors, by function. */
export const FUNCTION_ERRORS = 'coupon_function_errors_total';

function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
