import type { AwsAccess } from './access.ts';
import { presignedUrl } from './presigned-url.ts';

/** As long as each of the three services lets a token live; a connection outlives it. */
const LIFETIME_SECONDS = 15 * 60;

/**
 * A password for ElastiCache.
 *
 * @param cache id of the replication group
 * @param user whose id and name are the same
 * @param now milliseconds since 1970, as below
 */
export function cacheToken(access: AwsAccess, cache: string, user: string, now: number): string {
  return presignedUrl(
    access,
    {
      service: 'elasticache',
      // Ids are kept in lower case, and so they are compared.
      host: cache.toLowerCase(),
      parameters: { Action: 'connect', User: user },
      lifetimeSeconds: LIFETIME_SECONDS,
    },
    now,
  );
}

/**
 * A password for RDS, or for its proxy.
 *
 * @param host with the port
 */
export function databaseToken(access: AwsAccess, host: string, user: string, now: number): string {
  return presignedUrl(
    access,
    {
      service: 'rds-db',
      host,
      parameters: { Action: 'connect', DBUser: user },
      lifetimeSeconds: LIFETIME_SECONDS,
    },
    now,
  );
}

/** An OAuth bearer token for MSK. */
export function brokerToken(access: AwsAccess, now: number): string {
  const url = presignedUrl(
    access,
    {
      service: 'kafka-cluster',
      host: `kafka.${access.region}.amazonaws.com`,
      parameters: { Action: 'kafka-cluster:Connect' },
      lifetimeSeconds: LIFETIME_SECONDS,
    },
    now,
  );
  // Not signed: it names who asks, for AWS' own logs.
  return Buffer.from(`https://${url}&User-Agent=event-spike-coupons`).toString('base64url');
}
