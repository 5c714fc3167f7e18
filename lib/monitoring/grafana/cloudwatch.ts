import {
  dimensionNames,
  METRIC_NAMESPACE,
  SERVICE_DIMENSION,
  serviceName,
} from '../../../lambdas/domain/metrics.ts';
import { isOwn, type Line, type PlatformLine } from '../panels.ts';
import { NAMESPACES, type PlatformMetric } from '../platform-metrics.ts';
import { labelFor, searchFor } from '../search.ts';
import { PERIOD_S } from '../thresholds.ts';
import { datasource, datasourceVariable, refId, type Source } from './dashboard.ts';

/** The environment that the reader chooses above the dashboard. */
const SERVICE = '${service}';
const COUPON = 'couponId';

/** The numbers as CloudWatch has them; Managed Grafana's role may read them. */
export const cloudwatch: Source = {
  name: 'cloudwatch',
  title: 'CloudWatch',
  variables: [
    datasourceVariable({ name: 'cloudwatch' }),
    {
      name: 'service',
      label: 'Environment',
      type: 'custom',
      query: ['prod', 'staging', 'dev'].map(serviceName).join(','),
      current: { selected: true, text: serviceName('prod'), value: serviceName('prod') },
      options: [],
      hide: 0,
    },
    {
      name: 'coupon',
      label: 'Coupon',
      type: 'query',
      datasource: datasource({ name: 'cloudwatch' }),
      query: {
        refId: 'coupons',
        queryType: 'dimensionValues',
        region: 'default',
        namespace: METRIC_NAMESPACE,
        metricName: 'UnitsLeft',
        dimensionKey: COUPON,
        dimensionFilters: { [SERVICE_DIMENSION]: SERVICE },
      },
      refresh: 2,
      includeAll: true,
      multi: false,
      allValue: '*',
      current: { selected: true, text: 'All', value: '$__all' },
      options: [],
      sort: 1,
      hide: 0,
    },
  ],
  targets: ({ lines }) =>
    distinct(lines.map((line) => (isOwn(line) ? ours(line) : theirs(line)))).map((query, i) => ({
      refId: refId(i),
      id: `q${i}`,
      datasource: datasource({ name: 'cloudwatch' }),
      queryMode: 'Metrics',
      region: 'default',
      period: String(PERIOD_S),
      metricQueryType: 0,
      matchExact: true,
      ...query,
    })),
  unitOf: (unit) =>
    ({
      count: 'short',
      'a second': 'reqps',
      milliseconds: 'ms',
      seconds: 's',
      percent: 'percent',
      bytes: 'bytes',
    })[unit],
};

/** Grafana hands an expression of the code editor to CloudWatch as it is. */
function ours(line: Line): object {
  const { metric } = line;
  const common = { label: labelFor(line), namespace: METRIC_NAMESPACE, metricName: metric };
  // Its own search knows a coupon that is chosen, or all of them.
  if (dimensionNames(metric).includes(COUPON)) {
    const dimensions = { [SERVICE_DIMENSION]: SERVICE, [COUPON]: '$coupon' };
    return { ...common, metricEditorMode: 0, expression: '', dimensions, statistic: 'Maximum' };
  }
  const expression = searchFor(line, SERVICE);
  return { ...common, metricEditorMode: 1, expression, dimensions: {}, statistic: 'Sum' };
}

function theirs({ platform, statistic }: PlatformLine): object {
  const dimensions = dimensionsOf(platform);
  const many = Object.keys(dimensions).find((name) => dimensions[name] === '*');
  return {
    label: many === undefined ? platform.name : `\${PROP('Dim.${many}')} ${platform.name}`,
    namespace: NAMESPACES[platform.of],
    metricName: platform.name,
    metricEditorMode: 0,
    expression: '',
    dimensions,
    statistic,
  };
}

/** A query that stands for all functions is asked once. */
function distinct(queries: readonly object[]): object[] {
  return [...new Map(queries.map((query) => [JSON.stringify(query), query])).values()];
}

/** As in the stack (`metric-of.ts`), with `*` for what is known at deployment only. */
function dimensionsOf(metric: PlatformMetric): Readonly<Record<string, string>> {
  switch (metric.of) {
    case 'function':
      return { FunctionName: '*' };
    case 'loadBalancer':
      return { LoadBalancer: '*' };
    case 'recordGroup':
      return { 'Cluster Name': SERVICE, 'Consumer Group': '*', Topic: '*' };
    case 'kafkaCluster':
      return { 'Cluster Name': SERVICE };
    case 'broker':
      return { 'Cluster Name': SERVICE, 'Broker ID': '*' };
    case 'cacheNode':
      return { CacheClusterId: '*', CacheNodeId: '0001' };
    case 'database':
      return { DBInstanceIdentifier: SERVICE };
  }
}
