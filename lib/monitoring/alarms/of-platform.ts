import { functionLimits } from '../../../lambdas/config/function-limits.ts';
import type { AlarmDefinition } from '../alarm.ts';
import type { Measure, Statistic } from '../measure.ts';
import type { PlatformMetric } from '../platform-metrics.ts';
import {
  DATABASE_CPU_PERCENT,
  DISK_PERCENT,
  ELB_5XX,
  ENGINE_CPU_PERCENT,
  leastFreeBytes,
  MEMORY_PERCENT,
  mostConnections,
  RECORD_LAG,
  RESPONSE_P99_S,
  TARGET_5XX,
  VALUES_OF_A_P99,
} from '../thresholds.ts';

type Part = Omit<AlarmDefinition, 'measure' | 'rings' | 'missing'> &
  Partial<Pick<AlarmDefinition, 'rings' | 'missing'>>;

const of = (metric: PlatformMetric, statistic: Statistic): Measure => ({
  kind: 'platform',
  metric,
  statistic,
  ...(statistic === 'p99' && { atLeast: VALUES_OF_A_P99 }),
});

const alarm = (metric: PlatformMetric, statistic: Statistic, part: Part): AlarmDefinition => ({
  measure: of(metric, statistic),
  rings: 'at least',
  missing: 'good',
  ...part,
});

/** Silence is bad. */
const ABSENT = { rings: 'below', threshold: 1, missing: 'bad' } as const;

/** What a machine that is there says every minute: when it says nothing, it is away. */
const silent = (metric: PlatformMetric, part: Pick<Part, 'id' | 'harm'>): AlarmDefinition =>
  alarm(metric, 'SampleCount', {
    ...ABSENT,
    breaching: 3,
    of: 3,
    severity: 'look',
    ...part,
  });

type FunctionName = keyof typeof functionLimits;

/** Of these somebody is waiting for the answer. */
const ANSWERING: readonly string[] = ['issue', 'redeem', 'manage'] satisfies FunctionName[];

const functionAlarms = (Object.keys(functionLimits) as FunctionName[]).flatMap((name) => [
  alarm({ of: 'function', function: name, name: 'Errors' }, 'Sum', {
    id: `function-errors-${name}`,
    threshold: 1,
    breaching: 1,
    of: 1,
    harm: ANSWERING.includes(name)
      ? `Invocations of ${name} died or ran out of time: whoever waited for one was told 502.`
      : `Invocations of ${name} died or ran out of time; what they were at is done later.`,
    severity: 'look',
    runbook: 'function-errors',
  }),
  alarm({ of: 'function', function: name, name: 'Throttles' }, 'Sum', {
    id: `function-throttles-${name}`,
    threshold: 1,
    breaching: 1,
    of: 1,
    harm: ANSWERING.includes(name)
      ? `No copy of ${name} was free: its users are told 502 or 503 by the load balancer itself.`
      : `No copy of ${name} was free: what it does comes late.`,
    severity: ANSWERING.includes(name) ? 'page' : 'look',
    runbook: 'function-throttles',
  }),
]);

/** Once a minute; of `check` its own metric tells (`schedules-silent`). */
const SCHEDULED = [
  [
    'sweep',
    'page',
    'Users whose claim passed the gate but was never confirmed stay without a coupon, and nobody else can have the unit.',
  ],
  ['restore', 'page', 'A gate that is lost stays closed until a user meets it.'],
  ['grant', 'look', 'Coupons that operators grant are given late or not at all.'],
  ['notify', 'look', 'What could not be told at once, reminders and summaries stay untold.'],
] as const satisfies readonly (readonly [FunctionName, AlarmDefinition['severity'], string])[];

const scheduleAlarms = SCHEDULED.map(([name, severity, harm]) =>
  alarm({ of: 'function', function: name, name: 'Invocations' }, 'Sum', {
    id: `schedule-silent-${name}`,
    ...ABSENT,
    breaching: 5,
    of: 5,
    harm,
    severity,
    runbook: 'schedules-silent',
  }),
);

const serviceAlarms: readonly AlarmDefinition[] = [
  alarm({ of: 'loadBalancer', name: 'HTTPCode_ELB_5XX_Count' }, 'Sum', {
    id: 'api-5xx',
    threshold: ELB_5XX,
    breaching: 1,
    of: 1,
    harm: 'Users get errors that are none of ours, without a reason and without a time to come back.',
    severity: 'page',
  }),
  alarm({ of: 'loadBalancer', name: 'HTTPCode_Target_5XX_Count' }, 'Sum', {
    id: 'api-unavailable',
    threshold: TARGET_5XX,
    breaching: 3,
    of: 3,
    harm: 'Callers of the API are told to come back, minute after minute.',
    severity: 'look',
  }),
  alarm({ of: 'loadBalancer', name: 'TargetResponseTime' }, 'p99', {
    id: 'api-slow',
    threshold: RESPONSE_P99_S,
    breaching: 3,
    of: 3,
    harm: 'Users of the API wait for seconds: pages, wallets and checkouts are slow.',
    severity: 'look',
  }),
  alarm({ of: 'recordGroup', name: 'SumOffsetLag' }, 'Minimum', {
    id: 'consumer-lag',
    threshold: RECORD_LAG,
    breaching: 3,
    of: 3,
    harm: 'By Kafka’s own count accepted coupons wait to be recorded; it tells so where our schedule cannot.',
    severity: 'look',
  }),
];

const serverAlarms: readonly AlarmDefinition[] = [
  alarm({ of: 'kafkaCluster', name: 'OfflinePartitionsCount' }, 'Maximum', {
    id: 'kafka-offline',
    threshold: 1,
    breaching: 1,
    of: 1,
    harm: 'Partitions have no leader: claims that fall on them cannot be accepted.',
    severity: 'look',
  }),
  alarm({ of: 'broker', name: 'UnderMinIsrPartitionCount' }, 'Maximum', {
    id: 'kafka-under-min-isr',
    threshold: 1,
    breaching: 2,
    of: 2,
    harm: 'Too few replicas are in sync: Kafka refuses claims rather than accept what it could lose.',
    severity: 'look',
  }),
  alarm({ of: 'broker', name: 'UnderReplicatedPartitions' }, 'Maximum', {
    id: 'kafka-under-replicated',
    threshold: 1,
    breaching: 5,
    of: 5,
    harm: 'A broker is away or behind: one more, and no claim is accepted.',
    severity: 'look',
  }),
  alarm({ of: 'broker', name: 'KafkaDataLogsDiskUsed' }, 'Maximum', {
    id: 'kafka-disk',
    threshold: DISK_PERCENT,
    breaching: 3,
    of: 3,
    harm: 'A full disk ends the brokers, and with them all claims.',
    severity: 'page',
  }),
  silent(
    { of: 'broker', name: 'UnderReplicatedPartitions' },
    { id: 'kafka-silent', harm: 'No broker says anything: Kafka is away, or nobody watches it.' },
  ),
  alarm({ of: 'cacheNode', name: 'DatabaseMemoryUsagePercentage' }, 'Maximum', {
    id: 'cache-memory',
    threshold: MEMORY_PERCENT,
    breaching: 3,
    of: 3,
    harm: 'When the gate’s memory is full every new claim is refused.',
    severity: 'page',
  }),
  alarm({ of: 'cacheNode', name: 'Evictions' }, 'Sum', {
    id: 'cache-evictions',
    threshold: 1,
    breaching: 1,
    of: 1,
    harm: 'Claims are thrown out of the gate: it closes itself rather than give to somebody twice, again and again.',
    severity: 'page',
  }),
  alarm({ of: 'cacheNode', name: 'EngineCPUUtilization' }, 'Maximum', {
    id: 'cache-cpu',
    threshold: ENGINE_CPU_PERCENT,
    breaching: 3,
    of: 3,
    harm: 'The gate’s one core is nearly used up: claims begin to queue, then to be refused.',
    severity: 'look',
  }),
  silent(
    { of: 'cacheNode', name: 'EngineCPUUtilization' },
    { id: 'cache-silent', harm: 'No node of the cache says anything: the gates are away.' },
  ),
  alarm({ of: 'database', name: 'CPUUtilization' }, 'Average', {
    id: 'database-cpu',
    threshold: DATABASE_CPU_PERCENT,
    breaching: 5,
    of: 5,
    harm: 'The ledger is nearly used up: recording and checkouts get slow.',
    severity: 'look',
  }),
  alarm({ of: 'database', name: 'FreeStorageSpace' }, 'Minimum', {
    id: 'database-storage',
    rings: 'below',
    threshold: leastFreeBytes,
    breaching: 3,
    of: 3,
    harm: 'A full disk stops the ledger: nothing is recorded and no coupon can be used.',
    severity: 'page',
  }),
  alarm({ of: 'database', name: 'DatabaseConnections' }, 'Maximum', {
    id: 'database-connections',
    threshold: mostConnections,
    breaching: 3,
    of: 3,
    harm: 'The ledger soon has no connection left: checkouts and recording are then refused.',
    severity: 'look',
  }),
  silent(
    { of: 'database', name: 'DatabaseConnections' },
    { id: 'database-silent', harm: 'The ledger’s server says nothing: it is away or being moved.' },
  ),
];

/** What AWS measures by itself. */
export const platformAlarms: readonly AlarmDefinition[] = [
  ...functionAlarms,
  ...scheduleAlarms,
  ...serviceAlarms,
  ...serverAlarms,
];
