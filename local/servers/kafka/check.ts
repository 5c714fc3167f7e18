import { Kafka, logLevel } from 'kafkajs';
import { checkTcp } from '../check-tcp.ts';

const timeout_ms = 2_000;

/** Asks Kafka for its metadata. Throws if no broker answers within 2 s, or none is ready to lead partitions. */
export async function checkKafka(brokers: readonly string[]): Promise<void> {
  // A closed port costs a plain connection much less than a client, and this is asked often.
  await Promise.any(brokers.map((broker) => checkTcp(broker, timeout_ms)));
  const admin = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: timeout_ms,
    requestTimeout: timeout_ms,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) throw new Error('the broker is not registered yet');
  } finally {
    await admin.disconnect();
  }
}
