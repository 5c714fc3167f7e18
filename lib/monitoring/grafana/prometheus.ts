import { prometheusLabel, prometheusName } from '../../../lambdas/domain/prometheus-names.ts';
import { isOwn, type Line } from '../panels.ts';
import { datasource, datasourceVariable, refId, type Source } from './dashboard.ts';

const COUPON = prometheusLabel('couponId');

/** The numbers as Prometheus has scraped them: seconds, and no environment, for a scrape is of one. */
export const prometheus: Source = {
  name: 'prometheus',
  title: 'Prometheus',
  variables: [
    datasourceVariable({ name: 'prometheus' }),
    {
      name: 'coupon',
      label: 'Coupon',
      type: 'query',
      datasource: datasource({ name: 'prometheus' }),
      definition: couponsQuery(),
      query: { query: couponsQuery(), refId: 'coupons' },
      refresh: 2,
      includeAll: true,
      allValue: '.*',
      multi: true,
      current: { selected: true, text: ['All'], value: ['$__all'] },
      options: [],
      sort: 1,
      hide: 0,
    },
  ],
  targets: ({ lines }) =>
    lines.filter(isOwn).map((line, i) => ({
      refId: refId(i),
      datasource: datasource({ name: 'prometheus' }),
      editorMode: 'code',
      range: true,
      expr: promQl(line),
      legendFormat: legendOf(line),
    })),
  unitOf: (unit) =>
    ({
      count: 'short',
      'a second': 'reqps',
      milliseconds: 's',
      seconds: 's',
      percent: 'percent',
      bytes: 'bytes',
    })[unit],
};

function couponsQuery(): string {
  return `label_values(${prometheusName('UnitsLeft')}, ${COUPON})`;
}

const RANGE = '[$__rate_interval]';

/** A line in Prometheus' query language. */
export function promQl({ metric, show, by, isRare }: Line): string {
  const name = prometheusName(metric);
  const label = by === undefined ? undefined : prometheusLabel(by);
  const where = label === COUPON ? `{${COUPON}=~"$coupon"}` : '';
  const grouping = label === undefined ? '' : ` by (${label})`;
  const query = {
    rate: `sum${grouping} (rate(${name}${where}${RANGE}))`,
    latest: `max${grouping} (${name}${where})`,
    average: `sum (rate(${name}_sum${RANGE})) / sum (rate(${name}_count${RANGE}))`,
    p50: quantile(0.5, name),
    p99: quantile(0.99, name),
  }[show];
  return isRare ? `${query} or vector(0)` : query;
}

function quantile(share: number, name: string): string {
  return `histogram_quantile(${share}, sum by (le) (rate(${name}_bucket${RANGE})))`;
}

function legendOf({ metric, show, by }: Line): string {
  if (by !== undefined) return `{{${prometheusLabel(by)}}}`;
  return show === 'p50' || show === 'p99' ? show : metric;
}
