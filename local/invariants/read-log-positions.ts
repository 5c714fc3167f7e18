import { Kafka, logLevel } from 'kafkajs';
import type { LogPositionsFact } from './facts.ts';

/** A broker that comes back from a fault is found again; one that stays away ends in an error. */
export function observer(brokers: readonly string[]): Kafka {
  return new Kafka({
    clientId: 'invariants',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 20 },
  });
}

/** Where the topic begins and ends, and how far the record group has come. */
export async function readLogPositions(
  brokers: readonly string[],
  topic: string,
  group: string,
): Promise<LogPositionsFact> {
  const admin = observer(brokers).admin();
  await admin.connect();
  try {
    // The group first: it never is past an end that is read later.
    const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const partitions = await admin.fetchTopicOffsets(topic);
    return {
      starts: new Map(partitions.map(({ partition, low }) => [partition, BigInt(low)])),
      ends: new Map(partitions.map(({ partition, high }) => [partition, BigInt(high)])),
      committed: new Map(
        (offsets?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)]),
      ),
    };
  } finally {
    await admin.disconnect();
  }
}

/** The partitions that hold records the group has not committed yet. */
export function uncommitted({ starts, ends, committed }: LogPositionsFact): number[] {
  return [...ends]
    .filter(([partition, end]) => {
      const isEmpty = end <= (starts.get(partition) ?? 0n);
      return !isEmpty && (committed.get(partition) ?? -1n) < end;
    })
    .map(([partition]) => partition);
}
