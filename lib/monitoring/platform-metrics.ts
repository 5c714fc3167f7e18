import type { functionLimits } from '../../lambdas/config/function-limits.ts';

type FunctionName = keyof typeof functionLimits;

/**
 * Numbers that AWS measures, named as in the guides of their services. Of several machines it is
 * the worst one that counts.
 */
export type PlatformMetric =
  | {
      readonly of: 'function';
      readonly function: FunctionName;
      readonly name: 'Errors' | 'Throttles' | 'Invocations' | 'ConcurrentExecutions';
    }
  | {
      readonly of: 'loadBalancer';
      readonly name:
        | 'RequestCount'
        | 'HTTPCode_ELB_5XX_Count'
        | 'HTTPCode_Target_5XX_Count'
        | 'TargetResponseTime';
    }
  /** The group that records, at the topic of accepted claims. */
  | { readonly of: 'recordGroup'; readonly name: 'SumOffsetLag' | 'EstimatedMaxTimeLag' }
  | { readonly of: 'kafkaCluster'; readonly name: 'OfflinePartitionsCount' }
  | {
      readonly of: 'broker';
      readonly name:
        'KafkaDataLogsDiskUsed' | 'UnderReplicatedPartitions' | 'UnderMinIsrPartitionCount';
    }
  | {
      readonly of: 'cacheNode';
      readonly name: 'DatabaseMemoryUsagePercentage' | 'Evictions' | 'EngineCPUUtilization';
    }
  | {
      readonly of: 'database';
      readonly name: 'CPUUtilization' | 'FreeStorageSpace' | 'DatabaseConnections';
    };

/** Where to look it up. */
export const NAMESPACES: Readonly<Record<PlatformMetric['of'], string>> = {
  function: 'AWS/Lambda',
  loadBalancer: 'AWS/ApplicationELB',
  recordGroup: 'AWS/Kafka',
  kafkaCluster: 'AWS/Kafka',
  broker: 'AWS/Kafka',
  cacheNode: 'AWS/ElastiCache',
  database: 'AWS/RDS',
};
