import { Kafka, logLevel } from 'kafkajs';
import { TOPIC_RETENTION_MS } from '../../lambdas/config/limits.ts';

/** Where accepted claims go, and the group that records them. */
export const TOPIC = 'coupon-issuances';
export const GROUP = 'coupon-record';

const PARTITIONS = 8;

/**
 * Creates the topic if it is missing: as safe as the number of brokers allows.
 * @returns whether it was created
 */
export async function prepareTopic(brokers: readonly string[]): Promise<boolean> {
  const kafka = new Kafka({
    clientId: 'prepare',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 20 },
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const replicationFactor = Math.min(3, (await admin.describeCluster()).brokers.length);
    return await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: TOPIC,
          numPartitions: PARTITIONS,
          replicationFactor,
          configEntries: [
            { name: 'retention.ms', value: String(TOPIC_RETENTION_MS) },
            // The brokers' time, not the producer's: they refuse records of a process whose clock is
            // more than an hour fast, and let go too early of what one sends whose clock is slow.
            { name: 'message.timestamp.type', value: 'LogAppendTime' },
            { name: 'min.insync.replicas', value: replicationFactor >= 3 ? '2' : '1' },
          ],
        },
      ],
    });
  } finally {
    await admin.disconnect();
  }
}
