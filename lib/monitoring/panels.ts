import type { MetricName } from '../../lambdas/domain/metrics.ts';
import type { Statistic } from './measure.ts';
import type { PlatformMetric } from './platform-metrics.ts';

/** How a metric becomes a line: a second's worth of a counter, a gauge as it is, a percentile. */
export type Show = 'rate' | 'latest' | 'average' | 'p50' | 'p99';

export interface Line {
  readonly metric: MetricName;
  readonly show: Show;
  /** A line for each value of this dimension. */
  readonly by?: string;
  /** It may never have happened: nothing is shown as 0. */
  readonly isRare?: boolean;
}

/** A line of what AWS measures: there is none on one machine. */
export interface PlatformLine {
  readonly platform: PlatformMetric;
  readonly statistic: Statistic;
}

export type Unit = 'count' | 'a second' | 'milliseconds' | 'seconds' | 'percent' | 'bytes';

export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly lines: readonly (Line | PlatformLine)[];
}

export interface View {
  readonly id: 'event' | 'system';
  readonly title: string;
  readonly panels: readonly Panel[];
}

export function isOwn(line: Line | PlatformLine): line is Line {
  return 'metric' in line;
}

/** What an operator looks at while a coupon is open. */
const event: View = {
  id: 'event',
  title: 'Coupons: the event',
  panels: [
    {
      title: 'Units left, by coupon',
      unit: 'count',
      lines: [{ metric: 'UnitsLeft', show: 'latest', by: 'couponId' }],
    },
    {
      title: 'Units given, by coupon',
      unit: 'count',
      lines: [{ metric: 'UnitsGiven', show: 'latest', by: 'couponId' }],
    },
    {
      title: 'Answers to claims a second, by what they said',
      unit: 'a second',
      lines: [{ metric: 'Claims', show: 'rate', by: 'outcome' }],
    },
    {
      title: 'How long a claim takes',
      unit: 'milliseconds',
      lines: [
        { metric: 'ClaimDuration', show: 'p50' },
        { metric: 'ClaimDuration', show: 'p99' },
      ],
    },
    {
      title: 'From the 202 to the usable coupon',
      unit: 'milliseconds',
      lines: [
        { metric: 'IssuedAfter', show: 'p50' },
        { metric: 'IssuedAfter', show: 'p99' },
      ],
    },
    {
      title: 'Accepted and not yet recorded',
      unit: 'count',
      lines: [{ metric: 'RecordLag', show: 'latest' }],
    },
    {
      title: 'Recorded issuances a second',
      unit: 'a second',
      lines: [{ metric: 'RecordedIssuances', show: 'rate' }],
    },
    {
      title: 'Gates that are closed and should not be',
      unit: 'count',
      lines: [{ metric: 'GatesClosed', show: 'latest' }],
    },
    {
      title: 'Answers to redemptions a second',
      unit: 'a second',
      lines: [{ metric: 'Redemptions', show: 'rate', by: 'outcome' }],
    },
    {
      title: 'Answers to quotes and holds a second, by what they said',
      unit: 'a second',
      lines: [{ metric: 'Checkouts', show: 'rate', by: 'outcome' }],
    },
    {
      title: 'Notifications a second, by channel',
      unit: 'a second',
      lines: [{ metric: 'Notifications', show: 'rate', by: 'channel', isRare: true }],
    },
  ],
};

/** What an engineer looks at when something is slow or away. */
const system: View = {
  id: 'system',
  title: 'Coupons: the system',
  panels: [
    {
      title: 'The gate, one claim',
      unit: 'milliseconds',
      lines: [
        { metric: 'GateDuration', show: 'p50' },
        { metric: 'GateDuration', show: 'p99' },
      ],
    },
    {
      title: 'Kafka’s acknowledgement',
      unit: 'milliseconds',
      lines: [
        { metric: 'PublishDuration', show: 'p50' },
        { metric: 'PublishDuration', show: 'p99' },
      ],
    },
    {
      title: 'Recording a batch',
      unit: 'milliseconds',
      lines: [
        { metric: 'RecordDuration', show: 'p50' },
        { metric: 'RecordDuration', show: 'p99' },
      ],
    },
    {
      title: 'Records in a batch',
      unit: 'count',
      lines: [
        { metric: 'RecordBatch', show: 'average' },
        { metric: 'RecordBatch', show: 'p99' },
      ],
    },
    {
      title: 'Claims swept a second',
      unit: 'a second',
      lines: [{ metric: 'SweptClaims', show: 'rate', by: 'outcome', isRare: true }],
    },
    {
      title: 'Age of the oldest unconfirmed claim',
      unit: 'seconds',
      lines: [{ metric: 'PendingAge', show: 'latest' }],
    },
    {
      title: 'Gates opened or built again a second',
      unit: 'a second',
      lines: [{ metric: 'GatesOpened', show: 'rate', isRare: true }],
    },
    {
      title: 'Units by which gate, log and ledger do not add up',
      unit: 'count',
      lines: [{ metric: 'LedgerDrift', show: 'latest' }],
    },
    {
      title: 'By how much the clocks of Valkey and PostgreSQL differ',
      unit: 'seconds',
      lines: [{ metric: 'ClocksApart', show: 'latest' }],
    },
    {
      title: 'Late and quarantined records a second',
      unit: 'a second',
      lines: [
        { metric: 'LateRecords', show: 'rate', isRare: true },
        { metric: 'QuarantinedRecords', show: 'rate', by: 'reason', isRare: true },
      ],
    },
    {
      title: 'Quarantined records that nobody has seen to',
      unit: 'count',
      lines: [{ metric: 'QuarantineWaiting', show: 'latest' }],
    },
    {
      title: 'Notifications that wait, by channel',
      unit: 'count',
      lines: [{ metric: 'NotificationsWaiting', show: 'latest', by: 'channel', isRare: true }],
    },
    {
      title: 'Notifications given up, by channel',
      unit: 'count',
      lines: [{ metric: 'NotificationsParked', show: 'latest', by: 'channel', isRare: true }],
    },
    {
      title: 'Faults that nobody expected a second, by function',
      unit: 'a second',
      lines: [{ metric: 'UnexpectedFaults', show: 'rate', by: 'function', isRare: true }],
    },
    ...platformPanels(),
  ],
};

export const VIEWS: readonly View[] = [event, system];

function platformPanels(): Panel[] {
  const line = (platform: PlatformMetric, statistic: Statistic): PlatformLine => ({
    platform,
    statistic,
  });
  return [
    {
      title: 'Copies of the functions that answer users',
      unit: 'count',
      lines: (['issue', 'redeem', 'manage'] as const).map((name) =>
        line({ of: 'function', function: name, name: 'ConcurrentExecutions' }, 'Maximum'),
      ),
    },
    {
      title: 'Invocations that died or found no copy',
      unit: 'count',
      lines: (['issue', 'redeem', 'manage', 'record'] as const).flatMap((name) => [
        line({ of: 'function', function: name, name: 'Errors' }, 'Sum'),
        line({ of: 'function', function: name, name: 'Throttles' }, 'Sum'),
      ]),
    },
    {
      title: 'The load balancer’s own errors, and the functions’ 503',
      unit: 'count',
      lines: [
        line({ of: 'loadBalancer', name: 'HTTPCode_ELB_5XX_Count' }, 'Sum'),
        line({ of: 'loadBalancer', name: 'HTTPCode_Target_5XX_Count' }, 'Sum'),
      ],
    },
    {
      title: 'Requests a minute',
      unit: 'count',
      lines: [line({ of: 'loadBalancer', name: 'RequestCount' }, 'Sum')],
    },
    {
      title: 'Kafka: records behind, and for how long',
      unit: 'count',
      lines: [
        line({ of: 'recordGroup', name: 'SumOffsetLag' }, 'Maximum'),
        line({ of: 'recordGroup', name: 'EstimatedMaxTimeLag' }, 'Maximum'),
      ],
    },
    {
      title: 'Kafka: partitions behind, below their minimum, without leader',
      unit: 'count',
      lines: [
        line({ of: 'broker', name: 'UnderReplicatedPartitions' }, 'Maximum'),
        line({ of: 'broker', name: 'UnderMinIsrPartitionCount' }, 'Maximum'),
        line({ of: 'kafkaCluster', name: 'OfflinePartitionsCount' }, 'Maximum'),
      ],
    },
    {
      title: 'Kafka: disk used',
      unit: 'percent',
      lines: [line({ of: 'broker', name: 'KafkaDataLogsDiskUsed' }, 'Maximum')],
    },
    {
      title: 'Valkey: core and memory used',
      unit: 'percent',
      lines: [
        line({ of: 'cacheNode', name: 'EngineCPUUtilization' }, 'Maximum'),
        line({ of: 'cacheNode', name: 'DatabaseMemoryUsagePercentage' }, 'Maximum'),
      ],
    },
    {
      title: 'PostgreSQL: processor used',
      unit: 'percent',
      lines: [line({ of: 'database', name: 'CPUUtilization' }, 'Average')],
    },
    {
      title: 'PostgreSQL: connections',
      unit: 'count',
      lines: [line({ of: 'database', name: 'DatabaseConnections' }, 'Maximum')],
    },
    {
      title: 'PostgreSQL: free storage',
      unit: 'bytes',
      lines: [line({ of: 'database', name: 'FreeStorageSpace' }, 'Minimum')],
    },
  ];
}
