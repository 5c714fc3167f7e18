import { GetBootstrapBrokersCommand, KafkaClient } from '@aws-sdk/client-kafka';
import type { AwsAccess } from './access.ts';

/** Of a service that is asked by every environment of a spike's beginning, and throttles. */
const MAX_ATTEMPTS = 3;
const TIMEOUTS_MS = { connectionTimeout: 1_000, requestTimeout: 2_000 } as const;

/**
 * The addresses (`host:port`) at which an MSK cluster's brokers take IAM sign-ins.
 *
 * @throws Error when they can't be had, or there are none
 */
export async function bootstrapBrokers(
  access: AwsAccess,
  clusterArn: string,
): Promise<readonly string[]> {
  const { region, accessKeyId, secretAccessKey, sessionToken, endpoints } = access;
  const client = new KafkaClient({
    region,
    // Given, so that nothing is looked for in files and other services.
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    ...(endpoints.KAFKA === undefined ? {} : { endpoint: endpoints.KAFKA }),
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'standard',
    requestHandler: { ...TIMEOUTS_MS, throwOnRequestTimeout: true },
  });
  try {
    const { BootstrapBrokerStringSaslIam: brokers = '' } = await client.send(
      new GetBootstrapBrokersCommand({ ClusterArn: clusterArn }),
    );
    if (brokers === '') throw new Error('the cluster takes no IAM sign-ins');
    return brokers.split(',');
  } finally {
    // Its connection would be dead after the first freeze.
    client.destroy();
  }
}
