import type { AwsAccess } from '../adapters/aws/access.ts';
import { bootstrapBrokers } from '../adapters/aws/bootstrap-brokers.ts';
import { brokerToken } from '../adapters/aws/sign-in-tokens.ts';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { guardedProducer } from '../adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../adapters/kafka/kafka-claim-log.ts';
import type { KafkaConnection } from '../adapters/kafka/kafka-connection.ts';
import { readOnce } from '../adapters/read-once.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';
import type { ClaimLog } from '../domain/ports.ts';

/** @param clientId the function's name, for the brokers' log */
export function openClaimLog(
  settings: Settings<'brokers' | 'topic'>,
  aws: AwsAccess,
  clientId: string,
  onFault: FaultReport,
): ClaimLog {
  const connection = kafkaConnection(settings, aws, clientId);
  return kafkaClaimLog(
    () => guardedProducer(connection, systemClock),
    settings.topic,
    systemClock,
    onFault,
  );
}

/** To the brokers that are named, or to those of an MSK cluster. */
export function kafkaConnection(
  { brokers, clusterArn }: Settings<'brokers'>,
  aws: AwsAccess,
  clientId: string,
): KafkaConnection {
  if (clusterArn === undefined) return { brokers: brokers?.split(',') ?? [], clientId };
  const lookUp = readOnce(() => bootstrapBrokers(aws, clusterArn));
  // Beside the rest of the cold start; whoever needs them asks again if it fails, and hears why.
  lookUp().catch(() => undefined);
  return { brokers: lookUp, clientId, ssl: {}, bearerToken: () => brokerToken(aws, Date.now()) };
}
