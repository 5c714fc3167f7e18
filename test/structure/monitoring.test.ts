import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { METRICS, metricDefinition, type MetricName } from '../../lambdas/domain/metrics.ts';
import { QUARANTINE_REASONS as reasons } from '../../lambdas/domain/record-plan.ts';
import { prometheusName } from '../../lambdas/domain/prometheus-names.ts';
import { functions } from '../../lib/functions.ts';
import { named } from '../../lib/monitoring/alarm.ts';
import { ALARMS, CAUSES, COMPOSITES, USERS_AFFECTED } from '../../lib/monitoring/alarms.ts';
import { QUARANTINE_REASONS } from '../../lib/monitoring/alarms/of-records.ts';
import { grafanaDocuments } from '../../lib/monitoring/grafana/documents.ts';
import { promQl } from '../../lib/monitoring/grafana/prometheus.ts';
import { seriesOf } from '../../lib/monitoring/measure.ts';
import { isOwn, VIEWS } from '../../lib/monitoring/panels.ts';
import { allRows } from '../faults/matrix.ts';

const panels = VIEWS.flatMap((view) => view.panels);
const lines = panels.flatMap((panel) => panel.lines).filter(isOwn);
const names = Object.keys(METRICS) as MetricName[];

describe('the panels', () => {
  it('show every metric of the list', () => {
    const shown = new Set(lines.map(({ metric }) => metric));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('show rates of counters, percentiles of distributions, and gauges as they are', () => {
    const fitting = {
      counter: ['rate'],
      distribution: ['average', 'p50', 'p99'],
      gauge: ['latest'],
    } as const;
    const wrong = lines.filter(({ metric, show }) => {
      const shows: readonly string[] = fitting[metricDefinition(metric).kind];
      return !shows.includes(show);
    });
    expect(wrong).toEqual([]);
  });

  it('part lines by dimensions that the metric has', () => {
    const wrong = lines.filter(
      ({ metric, by }) => by !== undefined && !metricDefinition(metric).dimensions.includes(by),
    );
    expect(wrong).toEqual([]);
  });

  it('have a title each that no other has', () => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });
});

describe('a line in Prometheus’ language', () => {
  it('is the rate of a counter, of each value of its dimension', () => {
    expect(promQl({ metric: 'Claims', show: 'rate', by: 'outcome' })).toBe(
      'sum by (outcome) (rate(coupon_claims_total[$__rate_interval]))',
    );
  });

  it('is a percentile over all processes', () => {
    expect(promQl({ metric: 'ClaimDuration', show: 'p99' })).toBe(
      'histogram_quantile(0.99, sum by (le) (rate(coupon_claim_duration_seconds_bucket[$__rate_interval])))',
    );
  });

  it('is a gauge of the coupons that the reader has chosen', () => {
    expect(promQl({ metric: 'UnitsLeft', show: 'latest', by: 'couponId' })).toBe(
      'max by (coupon_id) (coupon_units_left{coupon_id=~"$coupon"})',
    );
  });

  it('is 0 for what never happened', () => {
    expect(promQl({ metric: 'LateRecords', show: 'rate', isRare: true })).toMatch(
      / or vector\(0\)$/,
    );
  });
});

describe('docs/grafana', () => {
  const documents = [...grafanaDocuments()];
  const folder = 'docs/grafana';

  it.each(documents)('has %s as npm run grafana writes it', async (name, text) => {
    const written = await format(text, { parser: 'json', printWidth: 100 });
    expect(readFileSync(join(folder, name), 'utf8')).toBe(written);
  });

  it('has nothing else', () => {
    expect(readdirSync(folder).toSorted()).toEqual(documents.map(([name]) => name).toSorted());
  });

  it.each(documents)('%s asks for names that there are, from a source that is chosen', (name) => {
    const { panels: all, templating, uid } = read(join(folder, name));
    expect(templating.list.map((variable) => variable.name)).toEqual(
      expect.arrayContaining(['datasource', 'coupon']),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(uid.length).toBeLessThanOrEqual(40);
    for (const { targets } of all) {
      expect(targets).not.toEqual([]);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
    const text = JSON.stringify(all);
    expect(text).not.toContain('undefined');
    const known = name.includes('prometheus') ? names.map(prometheusName) : names;
    const asked = known.filter((one) => text.includes(one));
    expect(asked.length).toBeGreaterThan(5);
  });
});

describe('the alarms', () => {
  it('have an id each that no other has', () => {
    const ids = [...ALARMS, ...COMPOSITES].map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it('look at series that exist: all dimensions of their metric, and no others', () => {
    const series = ALARMS.flatMap(({ measure }) => seriesOf(measure));
    expect(series.length).toBeGreaterThan(30);
    for (const { metric, dimensions = {} } of series) {
      expect([metric, ...Object.keys(dimensions)]).toEqual([
        metric,
        ...metricDefinition(metric).dimensions,
      ]);
    }
  });

  it('add up counters, and take percentiles of distributions', () => {
    const wrong = ALARMS.flatMap(({ measure }) => seriesOf(measure)).filter(
      ({ metric, statistic }) => {
        const { kind } = metricDefinition(metric);
        if (statistic === 'SampleCount') return kind === 'counter';
        if (statistic.startsWith('p')) return kind !== 'distribution';
        return (statistic === 'Sum') !== (kind === 'counter');
      },
    );
    expect(wrong).toEqual([]);
  });

  it('say in a sentence who is harmed', () => {
    for (const { harm } of [...ALARMS, ...COMPOSITES]) {
      expect(harm).toMatch(/^[A-Z].{40,}[.]$/);
      // CloudWatch's limit is 1,024, and the link comes on top.
      expect(harm.length).toBeLessThan(400);
    }
  });

  it('ring of more periods than they need to see', () => {
    for (const { breaching, of } of ALARMS) {
      expect(breaching).toBeGreaterThan(0);
      expect(breaching).toBeLessThanOrEqual(of);
      // CloudWatch looks back over a day at most.
      expect(of * 60).toBeLessThanOrEqual(86_400);
    }
  });

  it('are named rightly by what rings many of them', () => {
    const ids = ALARMS.map(({ id }) => id);
    for (const { rule } of COMPOSITES) {
      expect(named(rule).length).toBeGreaterThan(3);
      expect(named(rule).filter((id) => !ids.includes(id))).toEqual([]);
    }
  });

  it('that ring as symptoms are pages, and each cause needs one thing that AWS sees', () => {
    const symptoms = ALARMS.filter(({ isSymptom }) => isSymptom);
    expect(symptoms.map(({ severity }) => severity)).toEqual(symptoms.map(() => 'page'));
    expect(named(USERS_AFFECTED.rule)).toEqual(symptoms.map(({ id }) => id));
    const platform = ALARMS.filter(({ measure }) => measure.kind === 'platform');
    for (const { rule } of CAUSES) {
      if (typeof rule === 'string' || !('all' in rule)) throw new Error('a cause needs two things');
      const [felt = '', seen = ''] = rule.all;
      const isPlatform = (id: string): boolean => platform.some((alarm) => alarm.id === id);
      expect(named(felt).filter(isPlatform)).toEqual([]);
      expect(named(seen).every(isPlatform)).toBe(true);
    }
  });

  it('that rows of the fault matrix name exist, and each row that names none says why', () => {
    const ids = ALARMS.map(({ id }) => id);
    for (const { id, rings } of allRows) {
      if ('none' in rings || 'any' in rings) {
        expect(Object.values(rings).join()).toMatch(/^[A-Z].{15,}/);
      } else {
        expect([id, rings.filter((one) => !ids.includes(one))]).toEqual([id, []]);
      }
    }
    const rung = allRows.flatMap(({ rings }) => ('none' in rings || 'any' in rings ? [] : rings));
    expect(new Set(rung).size).toBeGreaterThan(5);
  });

  it('watch every reason for which a record is quarantined', () => {
    expect(QUARANTINE_REASONS).toEqual(reasons);
  });

  it('watch every function that is deployed', () => {
    const watched = ALARMS.flatMap(({ measure }) =>
      measure.kind === 'platform' && measure.metric.of === 'function'
        ? [measure.metric.function]
        : [],
    );
    expect([...new Set(watched)].toSorted()).toEqual(Object.keys(functions).toSorted());
  });
});

interface GrafanaDocument {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly targets: readonly { readonly refId: string }[];
  }[];
}

function read(file: string): GrafanaDocument {
  return JSON.parse(readFileSync(file, 'utf8')) as GrafanaDocument;
}
