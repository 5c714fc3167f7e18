import type { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { NotifyRates } from '../../lambdas/config/notify-rates.ts';
import type { FunctionName } from '../functions.ts';
import type { Installation } from './installation.ts';

export type EnvironmentName = 'dev' | 'staging' | 'prod';

/** What differs from one deployment to another. `faults.ts` knows which values fit together. */
export interface Environment {
  readonly name: EnvironmentName;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly logRetention: RetentionDays;
  /** OpenSearch beside CloudWatch, for whoever searches logs all day; none without. */
  readonly logAnalytics?: LogAnalytics;
  /** OpenTelemetry in the functions; X-Ray's own tracing goes on without. */
  readonly telemetry?: Telemetry;
  /** What becomes of the things that hold data when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Whose pages may call the API from a browser: origins, or `*`. */
  readonly corsOrigins: readonly string[];
  readonly network: NetworkSize;
  readonly cache: CacheSize;
  readonly stream: StreamSize;
  readonly database: DatabaseSize;
  readonly api: ApiChoices;
  readonly issuer: Issuer;
  readonly record: RecordSize;
  readonly notifications: NotificationChoices;
  /** Functions that are not listed share what the account has left, and start cold. */
  readonly concurrency: Partial<Record<FunctionName, Concurrency>>;
  /** What only the owner of the account can know. */
  readonly installation: Installation;
}

export interface LogAnalytics {
  /** `r7g.large.search`; there is one a zone. */
  readonly instanceType: string;
  readonly gigabytesPerNode: number;
}

export interface Telemetry {
  /** Of the layer by AWS with OpenTelemetry for Node on ARM64, in the region of the stack: its ARN. */
  readonly layerArn: string;
  /** Of all requests, from 0 to 1. */
  readonly sampledShare: number;
}

export interface NetworkSize {
  readonly zones: 2 | 3;
  /** The way out, for the issuer's keys and AWS' own APIs: one small machine, or a gateway a zone. */
  readonly nat: 'instance' | 'gateways';
}

export interface CacheSize {
  readonly nodeType: string;
  readonly clusterMode: boolean;
  /** A coupon lives in one of them: more of them help many coupons, never one. */
  readonly shards: number;
  /** Of each shard, besides its primary. */
  readonly replicas: number;
  /** `sync`: no acknowledged write is lost, at some milliseconds each. Fixed when it is created. */
  readonly durability: 'sync' | 'disabled';
}

export interface StreamSize {
  readonly brokerType: string;
  readonly brokersPerZone: number;
  readonly kafkaVersion: string;
  /** Of which two have to be in sync for a claim to be accepted. */
  readonly replicationFactor: 2 | 3;
  readonly gigabytesPerBroker: number;
  /** As many batches are recorded at the same time, at most. */
  readonly partitions: number;
}

export interface DatabaseSize {
  /** Without `db.`: `t4g.micro`. */
  readonly instanceType: string;
  readonly multiAz: boolean;
  readonly gigabytes: number;
  /** How far back it can be restored to, any second. */
  readonly backupDays: number;
  /** Shares few connections among the functions that answer users. */
  readonly proxy: boolean;
}

export interface ApiChoices {
  /** `none`: tokens travel unprotected. For trying things out, and nothing else. */
  readonly https: 'certificate' | 'none';
  /** The load balancer refuses bad tokens too, by replies of its own that are no problem documents. */
  readonly validateTokensAtLoadBalancer: boolean;
  /** Capacity it keeps ready (LCU); 0 lets it grow with the load, over minutes. */
  readonly loadBalancerCapacityUnits: number;
  /** WAF's limit on claims of one token in a minute; the service's own is far below. */
  readonly claimsPerTokenAndMinute: number;
  /** WAF's limit on one address in a minute; thousands of shoppers share a carrier's. */
  readonly requestsPerAddressAndMinute: number;
}

/** How the issuer's tokens name what the API asks for; see docs/deploy.md for those of some products. */
export interface ClaimMapping {
  readonly audienceClaim: string;
  readonly scopeClaim: string;
  readonly scopeSeparator: string;
  readonly scopePrefix: string;
}

export type Issuer =
  { readonly kind: 'cognito' } | { readonly kind: 'own'; readonly claims?: ClaimMapping };

export interface NotificationChoices {
  /** A topic of SNS for operators. The other channels are there if the installation says where. */
  readonly topic: boolean;
  /** What Slack and SNS are told in; users' languages are the user service's to know. */
  readonly operatorLanguage: 'en' | 'ko';
  /** Messages a second of channels that take others than the usual: docs/notifications.md. */
  readonly rates: NotifyRates;
}

export interface RecordSize {
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  /** Event pollers that are paid for; `undefined`: on demand, without the error controls. */
  readonly pollers?: { readonly minimum: number; readonly maximum: number };
}

export interface Concurrency {
  /** Copies that run at the same time, at most; no other function can take them. */
  readonly reserved?: number;
  /** Copies that are started already. */
  readonly provisioned?: number;
}
