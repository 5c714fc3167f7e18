import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, PLATFORM_METRICS, type MetricName } from '../../lambdas/domain/metrics.ts';
import { METRIC_NAMESPACE, metricDefinition } from '../../lambdas/domain/metrics.ts';
import {
  FUNCTION_ERRORS,
  prometheusBuckets,
  prometheusLabel,
  prometheusName,
  prometheusValue,
} from '../../lambdas/domain/prometheus-names.ts';
import type { EmfMetric } from './emf-line.ts';

/** A gauge that nobody has told for this long is told no more: its coupon ended, its function died. */
const GAUGE_MS = 60_000;

type Take = (dimensions: Readonly<Record<string, string>>, values: readonly number[]) => void;

/** What was measured, as Prometheus asks for it. */
export interface MetricsRegistry {
  /** @throws Error for a metric that is in no list */
  take(metric: EmfMetric): void;
  /** The text that a scrape gets. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function metricsRegistry(): MetricsRegistry {
  const registry = new Registry();
  const gauges: { forgetOld: () => void }[] = [];
  const takers = new Map<string, Take>();
  for (const name of Object.keys(METRICS) as MetricName[]) {
    takers.set(`${METRIC_NAMESPACE} ${name}`, taker(name, registry, gauges));
  }
  const { namespace, name, dimension, help } = PLATFORM_METRICS.FunctionErrors;
  const errors = new Counter({
    name: FUNCTION_ERRORS,
    help,
    labelNames: ['function'],
    registers: [registry],
  });
  takers.set(`${namespace} ${name}`, (dimensions, values) => {
    errors.inc({ function: dimensions[dimension] ?? '' }, sum(values));
  });

  return {
    take({ namespace: space, name: metric, dimensions, values }) {
      const take = takers.get(`${space} ${metric}`);
      if (take === undefined) throw new Error(`${space} has no metric ${metric}`);
      take(dimensions, values);
    },
    text() {
      for (const gauge of gauges) gauge.forgetOld();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function taker(name: MetricName, registry: Registry, gauges: { forgetOld: () => void }[]): Take {
  const { kind, help, dimensions } = metricDefinition(name);
  const labelNames = dimensions.map(prometheusLabel);
  const common = { name: prometheusName(name), help, labelNames, registers: [registry] };
  const labels = (given: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      dimensions.map((dimension) => [prometheusLabel(dimension), given[dimension] ?? '']),
    );
  switch (kind) {
    case 'counter': {
      const counter = new Counter(common);
      return (given, values) => {
        counter.inc(labels(given), sum(values));
      };
    }
    case 'distribution': {
      const histogram = new Histogram({ ...common, buckets: [...prometheusBuckets(name)] });
      return (given, values) => {
        const labelled = histogram.labels(labels(given));
        for (const value of values) labelled.observe(prometheusValue(name, value));
      };
    }
    case 'gauge': {
      const gauge = new Gauge(common);
      // Nobody has told it yet, which is not 0.
      if (labelNames.length === 0) gauge.remove();
      const told = new Map<string, { labels: Record<string, string>; at: number }>();
      gauges.push({
        forgetOld() {
          for (const [key, { labels: old, at }] of told) {
            if (performance.now() - at < GAUGE_MS) continue;
            gauge.remove(old);
            told.delete(key);
          }
        },
      });
      return (given, values) => {
        const own = labels(given);
        gauge.set(own, prometheusValue(name, values.at(-1) ?? 0));
        told.set(JSON.stringify(own), { labels: own, at: performance.now() });
      };
    }
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
