import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Environment } from './environment.ts';

/**
 * As prod in kind, smaller in size: what a rehearsal finds here is found for prod. The cache keeps
 * its promise by `min-replicas-to-write` instead of synchronous durability.
 */
export const staging: Environment = {
  name: 'staging',
  logLevel: 'INFO',
  logRetention: RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.RETAIN,
  corsOrigins: [],
  network: { zones: 3, nat: 'instance' },
  cache: {
    nodeType: 'cache.t4g.small',
    clusterMode: true,
    shards: 1,
    replicas: 2,
    durability: 'disabled',
  },
  stream: {
    brokerType: 'kafka.t3.small',
    brokersPerZone: 1,
    kafkaVersion: '3.9.x',
    replicationFactor: 3,
    gigabytesPerBroker: 20,
    partitions: 12,
  },
  database: {
    instanceType: 't4g.medium',
    multiAz: true,
    gigabytes: 50,
    backupDays: 7,
    proxy: true,
  },
  api: {
    https: 'certificate',
    validateTokensAtLoadBalancer: false,
    loadBalancerCapacityUnits: 0,
    claimsPerTokenAndMinute: 3_000,
    requestsPerAddressAndMinute: 300_000,
  },
  issuer: { kind: 'own' },
  record: { batchSize: 500, batchWindowSeconds: 0, pollers: { minimum: 1, maximum: 4 } },
  notifications: { topic: true, operatorLanguage: 'en', rates: {} },
  concurrency: {
    issue: { reserved: 100 },
    redeem: { reserved: 50 },
    manage: { reserved: 50 },
    record: { reserved: 12 },
  },
  installation: {},
};
