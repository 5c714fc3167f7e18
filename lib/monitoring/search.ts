import {
  dimensionNames,
  METRIC_NAMESPACE,
  SERVICE_DIMENSION,
} from '../../lambdas/domain/metrics.ts';
import type { Line, Show } from './panels.ts';
import { PERIOD_S } from './thresholds.ts';

const STATISTICS: Readonly<Record<Show, string>> = {
  rate: 'Sum',
  latest: 'Maximum',
  average: 'Average',
  p50: 'p50',
  p99: 'p99',
};

/**
 * All lines of a metric as CloudWatch's own search finds them: nobody has to know the values of its
 * dimensions beforehand.
 *
 * @param service the environment's value of the dimension that every metric has
 */
export function searchFor({ metric, show }: Line, service: string): string {
  const dimensions = dimensionNames(metric);
  const schema = [METRIC_NAMESPACE, ...dimensions].join(',');
  const query = `{${schema}} MetricName="${metric}" ${SERVICE_DIMENSION}="${service}"`;
  const search = `SEARCH('${query}', '${STATISTICS[show]}', ${PERIOD_S})`;
  return show === 'rate' ? `${search} / ${PERIOD_S}` : search;
}

/** The name of a line; CloudWatch puts the value of the dimension in. */
export function labelFor({ metric, show, by }: Line): string {
  if (by !== undefined) return `\${PROP('Dim.${by}')}`;
  return show === 'p50' || show === 'p99' ? show : metric;
}
