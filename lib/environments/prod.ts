import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Environment } from './environment.ts';

/** For spikes of 3,000 claims a second; docs/capacity.md has the arithmetic of each size. */
export const prod: Environment = {
  name: 'prod',
  logLevel: 'INFO',
  logRetention: RetentionDays.THREE_MONTHS,
  removalPolicy: RemovalPolicy.RETAIN,
  corsOrigins: [],
  network: { zones: 3, nat: 'gateways' },
  cache: {
    nodeType: 'cache.m7g.large',
    clusterMode: true,
    shards: 1,
    // One may fail, or be replaced, while the other keeps the writes going.
    replicas: 2,
    durability: 'sync',
  },
  stream: {
    brokerType: 'kafka.m7g.large',
    brokersPerZone: 1,
    kafkaVersion: '4.1.x.kraft',
    replicationFactor: 3,
    gigabytesPerBroker: 100,
    partitions: 24,
  },
  database: {
    instanceType: 'm7g.large',
    multiAz: true,
    gigabytes: 200,
    backupDays: 35,
    proxy: true,
  },
  api: {
    https: 'certificate',
    validateTokensAtLoadBalancer: false,
    // For the hours of an event; see docs/capacity.md.
    loadBalancerCapacityUnits: 0,
    claimsPerTokenAndMinute: 3_000,
    requestsPerAddressAndMinute: 600_000,
  },
  issuer: { kind: 'own' },
  record: { batchSize: 1_000, batchWindowSeconds: 0, pollers: { minimum: 1, maximum: 8 } },
  notifications: { topic: true, operatorLanguage: 'en', rates: {} },
  concurrency: {
    // 150 answer 3,000 a second in 50 ms each; 600 bear 200 ms. Each holds a connection to each
    // broker, and a broker takes 3,000.
    issue: { reserved: 600, provisioned: 20 },
    redeem: { reserved: 200, provisioned: 5 },
    manage: { reserved: 200, provisioned: 5 },
    record: { reserved: 24 },
  },
  installation: {},
};
