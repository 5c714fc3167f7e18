import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Environment } from './environment.ts';

/**
 * The smallest that works, and its weaker promises: the cache is one node, so its loss closes all
 * gates until they are rebuilt (nothing is lost by it); of two brokers both have to be up for a
 * claim to be accepted; without a certificate tokens travel unprotected.
 */
export const dev: Environment = {
  name: 'dev',
  logLevel: 'INFO',
  logRetention: RetentionDays.ONE_WEEK,
  removalPolicy: RemovalPolicy.DESTROY,
  corsOrigins: ['*'],
  network: { zones: 2, nat: 'instance' },
  cache: {
    nodeType: 'cache.t4g.micro',
    clusterMode: false,
    shards: 1,
    replicas: 0,
    durability: 'disabled',
  },
  stream: {
    // The smallest cannot run KRaft.
    brokerType: 'kafka.t3.small',
    brokersPerZone: 1,
    kafkaVersion: '3.9.x',
    replicationFactor: 2,
    gigabytesPerBroker: 10,
    partitions: 8,
  },
  database: {
    instanceType: 't4g.micro',
    multiAz: false,
    gigabytes: 20,
    backupDays: 1,
    proxy: false,
  },
  api: {
    https: 'none',
    validateTokensAtLoadBalancer: false,
    loadBalancerCapacityUnits: 0,
    claimsPerTokenAndMinute: 3_000,
    requestsPerAddressAndMinute: 60_000,
  },
  issuer: { kind: 'cognito' },
  record: { batchSize: 500, batchWindowSeconds: 0 },
  notifications: { topic: true, operatorLanguage: 'en', rates: {} },
  concurrency: {},
  installation: {},
};
