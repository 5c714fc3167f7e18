import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Clock } from '../../domain/deadline.ts';
import type { Meter, MetricName } from '../../domain/metrics.ts';
import { METRIC_NAMESPACE, metricDefinition } from '../../domain/metrics.ts';

/** A meter that keeps what is measured until it is told to write it. */
export interface EmfMeter extends Meter {
  flush(): void;
  /** Writes unless this process has written less than {@link FLUSH_INTERVAL_MS} ago. */
  flushIfDue(): void;
}

export interface EmfOptions {
  /** The value of the dimension that Powertools gives to every metric. */
  readonly service: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Takes one line of CloudWatch's embedded metric format, without its end. */
  readonly write: (line: string) => void;
}

/** A busy environment writes a line a second, not one a claim: lines are paid for by the byte. */
export const FLUSH_INTERVAL_MS = 1_000;

/** The format's limit for one metric of a line; the rest goes into further lines. */
const MAX_VALUES = 100;

/** What came of one metric with one set of dimensions since the last line. */
interface Series {
  readonly name: MetricName;
  readonly dimensions: Readonly<Record<string, string>>;
  /** The sum of a counter, the last value of a gauge, all values of a distribution. */
  readonly values: number[];
}

/**
 * Adds up in memory, and writes CloudWatch's embedded metric format. Nothing is rounded away but
 * the thousandths of a millisecond.
 */
export function emfMeter({ service, clock, write }: EmfOptions): EmfMeter {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  let collected = new Map<string, Series>();
  let flushedAt = Number.NEGATIVE_INFINITY;

  const record = (
    name: MetricName,
    value: number,
    dimensions: Series['dimensions'] = NONE,
  ): void => {
    const key = dimensions === NONE ? name : `${name} ${dimensionKey(dimensions)}`;
    let series = collected.get(key);
    if (series === undefined) {
      series = { name, dimensions, values: [] };
      collected.set(key, series);
    }
    const { kind } = metricDefinition(name);
    if (kind === 'distribution') series.values.push(value);
    else series.values[0] = kind === 'gauge' ? value : (series.values[0] ?? 0) + value;
  };

  const flush = (): void => {
    if (collected.size === 0) return;
    flushedAt = clock.monotonic();
    const all = collected.values();
    collected = new Map();
    for (const line of lines(all)) write(JSON.stringify(serialize(metrics, line)));
  };

  return {
    record,
    flush,
    flushIfDue() {
      if (clock.monotonic() - flushedAt >= FLUSH_INTERVAL_MS) flush();
    },
  };
}

const NONE: Series['dimensions'] = {};

function dimensionKey(dimensions: Series['dimensions']): string {
  return JSON.stringify(dimensions);
}

/** Metrics of equal dimensions share a line, as long as none has more values than fit. */
function* lines(all: Iterable<Series>): Generator<Series[]> {
  for (const sharing of Map.groupBy(all, ({ dimensions }) => dimensionKey(dimensions)).values()) {
    const most = Math.max(...sharing.map(({ values }) => values.length));
    for (let from = 0; from < most; from += MAX_VALUES) {
      yield sharing
        .map((series) => ({ ...series, values: series.values.slice(from, from + MAX_VALUES) }))
        .filter(({ values }) => values.length > 0);
    }
  }
}

function serialize(metrics: Metrics, line: readonly Series[]): object {
  for (const [name, value] of Object.entries(line[0]?.dimensions ?? NONE)) {
    metrics.addDimension(name, value);
  }
  for (const { name, values } of line) {
    metrics.addMetric(name, metricDefinition(name).unit, values[0] ?? 0);
  }
  const written = metrics.serializeMetrics();
  metrics.clearMetrics();
  metrics.clearDimensions();
  // Powertools copies a list at each value that comes to it.
  return {
    ...written,
    ...Object.fromEntries(line.map(({ name, values }) => [name, tidy(values)])),
  };
}

function tidy(values: readonly number[]): number | number[] {
  const [first = 0, ...others] = values.map((value) => Math.round(value * 1_000) / 1_000);
  return others.length === 0 ? first : [first, ...others];
}
