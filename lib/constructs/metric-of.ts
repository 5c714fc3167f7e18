import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, SERVICE_DIMENSION, serviceName } from '../../lambdas/domain/metrics.ts';
import type { Environment } from '../environments/environment.ts';
import type { Measure, Series, Statistic } from '../monitoring/measure.ts';
import { NAMESPACES, type PlatformMetric } from '../monitoring/platform-metrics.ts';
import { PERIOD_S } from '../monitoring/thresholds.ts';
import type { ServiceStack } from '../service-stack.ts';
import { GROUP, TOPIC } from './issuance-stream.ts';

type Dimensions = Readonly<Record<string, string>>;

const period = Duration.seconds(PERIOD_S);

/** Measures as CloudWatch computes them, for one environment. */
export class MetricSource {
  private readonly environment: Environment;
  private readonly service: ServiceStack;

  constructor(environment: Environment, service: ServiceStack) {
    this.environment = environment;
    this.service = service;
  }

  metricOf(measure: Measure): IMetric {
    switch (measure.kind) {
      case 'sum':
        return this.sum(measure.of);
      case 'share': {
        const parts = this.named('m', measure.of);
        const sum = sumOf(Object.keys(parts), 'whole');
        return expression(`IF(whole >= ${measure.atLeast}, ${sum} / whole, 0)`, {
          ...parts,
          whole: this.own(measure.whole),
        });
      }
      case 'percentile': {
        const { of, atLeast } = measure;
        const few = this.own({ ...of, statistic: 'SampleCount' });
        return unlessFew(this.own(of), few, atLeast);
      }
      case 'stalled': {
        const usingMetrics = {
          waiting: this.own(measure.waiting),
          moving: this.own(measure.moving),
        };
        return expression(`IF(${sumOf(['moving'], 'waiting')} == 0, waiting, 0)`, usingMetrics);
      }
      case 'platform': {
        const { metric, statistic, atLeast } = measure;
        const value = this.platform(metric, statistic);
        if (atLeast === undefined) return value;
        return unlessFew(value, this.platform(metric, 'SampleCount'), atLeast);
      }
    }
  }

  /** AWS' own number; of several machines that of the worst, or of all together. */
  platform(metric: PlatformMetric, statistic: Statistic): IMetric {
    const all = this.dimensionsOf(metric).map(
      (dimensionsMap) =>
        new Metric({
          namespace: NAMESPACES[metric.of],
          metricName: metric.name,
          dimensionsMap,
          statistic,
          period,
        }),
    );
    const [first, ...others] = all;
    if (first !== undefined && others.length === 0) return first;
    const usingMetrics = Object.fromEntries(all.map((one, i) => [`m${i}`, one]));
    return expression(
      `${TOGETHER[statistic]}([${Object.keys(usingMetrics).join(', ')}])`,
      usingMetrics,
    );
  }

  private sum(of: readonly Series[]): IMetric {
    const [first, ...others] = of;
    if (first !== undefined && others.length === 0) return this.own(first);
    const parts = this.named('m', of);
    return expression(`SUM([${Object.keys(parts).join(', ')}])`, parts);
  }

  private named(prefix: string, series: readonly Series[]): Record<string, IMetric> {
    return Object.fromEntries(series.map((one, i) => [`${prefix}${i}`, this.own(one)]));
  }

  private own({ metric, statistic, dimensions = {} }: Series): IMetric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: metric,
      dimensionsMap: { [SERVICE_DIMENSION]: serviceName(this.environment.name), ...dimensions },
      statistic,
      period,
    });
  }

  /** Of each machine that has it. */
  dimensionsOf(metric: PlatformMetric): Dimensions[] {
    const name = `coupon-${this.environment.name}`;
    const { stream, network, cache } = this.environment;
    switch (metric.of) {
      case 'function':
        return [{ FunctionName: this.service.functions[metric.function].lambda.functionName }];
      case 'loadBalancer':
        return [{ LoadBalancer: this.service.api.loadBalancer.loadBalancerFullName }];
      case 'recordGroup':
        return [{ 'Cluster Name': name, 'Consumer Group': GROUP, Topic: TOPIC }];
      case 'kafkaCluster':
        return [{ 'Cluster Name': name }];
      case 'broker':
        return numbers(stream.brokersPerZone * network.zones).map((id) => ({
          'Cluster Name': name,
          'Broker ID': String(id),
        }));
      case 'cacheNode':
        return numbers(cache.shards).flatMap((shard) =>
          numbers(cache.replicas + 1).map((node) => ({
            CacheClusterId: [
              name,
              ...(cache.clusterMode ? [digits(shard, 4)] : []),
              digits(node, 3),
            ].join('-'),
            CacheNodeId: '0001',
          })),
        );
      case 'database':
        return [{ DBInstanceIdentifier: name }];
    }
  }
}

/** Of machines: a percentage is that of the worst, a count that of all. */
const TOGETHER: Readonly<Record<Statistic, string>> = {
  Sum: 'SUM',
  SampleCount: 'SUM',
  Average: 'MAX',
  Maximum: 'MAX',
  Minimum: 'MIN',
  p50: 'MAX',
  p99: 'MAX',
};

/**
 * `there` has a value whenever the sum is needed: with it a sum of nothing is 0, and not "no data",
 * even where a series has never had a value.
 */
function sumOf(ids: readonly string[], there: string): string {
  return `SUM([${ids.join(', ')}, ${there} * 0])`;
}

/** 0, and not "no data" or the value of some minutes ago, where there are few. */
function unlessFew(value: IMetric, count: IMetric, atLeast: number): IMetric {
  return expression(`IF(count >= ${atLeast}, value, 0)`, { value, count });
}

function expression(text: string, usingMetrics: Record<string, IMetric>): MathExpression {
  return new MathExpression({ expression: text, usingMetrics, period });
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
