import type { Statistic } from '../../lib/monitoring/measure.ts';
import type { Observation } from './recorded.ts';

/** A period's value of a series, or undefined when there is none. */
export function statisticOf(
  statistic: Statistic,
  observations: readonly Observation[],
): number | undefined {
  const all = observations.flatMap(({ values }) => values);
  const samples = all.reduce((sum, { count }) => sum + count, 0);
  if (samples === 0) return undefined;
  const sum = (): number => all.reduce((total, { value, count }) => total + value * count, 0);
  const only = all.map(({ value }) => value);
  switch (statistic) {
    case 'Sum':
      return sum();
    case 'SampleCount':
      return samples;
    case 'Average':
      return sum() / samples;
    case 'Maximum':
      return only.reduce((a, b) => Math.max(a, b));
    case 'Minimum':
      return only.reduce((a, b) => Math.min(a, b));
    case 'p50':
      return percentile(all, samples, 0.5);
    case 'p99':
      return percentile(all, samples, 0.99);
  }
}

/** The smallest value that so large a share of them does not exceed. */
function percentile(all: Observation['values'], samples: number, share: number): number {
  let seen = 0;
  for (const { value, count } of all.toSorted((a, b) => a.value - b.value)) {
    seen += count;
    if (seen >= share * samples) return value;
  }
  return Number.NaN;
}
