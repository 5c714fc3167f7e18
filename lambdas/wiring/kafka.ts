import { systemClock } from '../adapters/clock/system-clock.ts';
import { guardedProducer, type KafkaConnection } from '../adapters/kafka/guarded-producer.ts';
import { kafkaClaimLog } from '../adapters/kafka/kafka-claim-log.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';
import type { ClaimLog } from '../domain/ports.ts';

/** @param clientId the function's name, for the brokers' log */
export function openClaimLog(
  settings: Settings<'brokers' | 'topic'>,
  clientId: string,
  onFault: FaultReport,
): ClaimLog {
  const connection = kafkaConnection(settings, clientId);
  return kafkaClaimLog(
    () => guardedProducer(connection, systemClock),
    settings.topic,
    systemClock,
    onFault,
  );
}

export function kafkaConnection(
  { brokers }: Settings<'brokers'>,
  clientId: string,
): KafkaConnection {
  return { brokers: brokers.split(','), clientId };
}
