import { serviceName } from '../lambdas/domain/metrics.ts';
import { LOCAL_REGION } from './lambda/functions.ts';
import type { DatabaseUrls } from './prepare/database.ts';
import { GROUP, TOPIC } from './prepare/topic.ts';
import type { ServerEndpoints } from './servers/start.ts';

export interface FunctionEnvironmentInput {
  readonly servers: ServerEndpoints;
  readonly database: DatabaseUrls;
  readonly issuanceIdSecret: string;
  /** Base URL of the Lambda stand-in. */
  readonly lambdaUrl: string;
  /** Of the stand-in for CloudWatch's agent; without it what is measured goes to stdout, as on AWS. */
  readonly metricsEndpoint?: string;
  /** The functions' log level: WARN unless COUPON_LOG_LEVEL says otherwise. */
  readonly logLevel: string;
  /** Comma separated; empty for none. */
  readonly corsOrigins: string;
  /** More, or others in place of these. */
  readonly functionVariables?: Readonly<Record<string, string>>;
}

/** The variables the functions read, named as on AWS. */
export function functionEnvironment(input: FunctionEnvironmentInput): Record<string, string> {
  const { servers, database } = input;
  return {
    VALKEY_URL: servers.valkeyUrl,
    KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    KAFKA_TOPIC: TOPIC,
    KAFKA_GROUP: GROUP,
    DATABASE_URL: database.app,
    MIGRATION_DATABASE_URL: database.migrator,
    JWT_ISSUER: servers.issuer,
    JWT_AUDIENCE: servers.audience,
    JWT_JWKS_URI: servers.jwksUri,
    ISSUANCE_ID_SECRET: input.issuanceIdSecret,
    RESTORE_FUNCTION_NAME: 'restore',
    CORS_ORIGINS: input.corsOrigins,
    GRANT_FUNCTION_NAME: 'grant',
    // The SDK finds the stand-in by these; the keys sign requests that nobody checks.
    AWS_ENDPOINT_URL_LAMBDA: input.lambdaUrl,
    ...(input.metricsEndpoint && { AWS_EMF_AGENT_ENDPOINT: input.metricsEndpoint }),
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_SERVICE_NAME: serviceName('local'),
    POWERTOOLS_LOG_LEVEL: input.logLevel,
    NODE_ENV: process.env['NODE_ENV'] ?? 'production',
    ...input.functionVariables,
  };
}
