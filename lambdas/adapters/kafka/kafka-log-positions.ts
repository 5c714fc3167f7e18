import type { Admin } from 'kafkajs';
import { shortWords } from '../../domain/fault-words.ts';
import { LogUnavailable, type LogPositions } from '../../domain/ports.ts';
import { kafkaClient, type KafkaConnection } from './kafka-connection.ts';

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 3_000;

/** Where the topic ends and how far the record group has come, read through Kafka's admin API. */
export function kafkaLogPositions(
  connection: KafkaConnection,
  topic: string,
  groupId: string,
): LogPositions & { close(): Promise<void> } {
  const kafka = kafkaClient(connection, {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 },
  });
  let connected: Promise<Admin> | undefined;

  const admin = (): Promise<Admin> => {
    if (connected === undefined) {
      const client = kafka.admin();
      const connection = client.connect().then(() => client);
      connected = connection;
      connection.catch(() => {
        if (connected === connection) connected = undefined;
      });
    }
    return connected;
  };
  /** A connection that broke is not used again: kafkajs may never notice. */
  const asking = async <T>(question: (client: Admin) => Promise<T>): Promise<T> => {
    const connection = admin();
    const client = await connection.catch(unavailable);
    try {
      return await question(client);
    } catch (error) {
      if (connected === connection) connected = undefined;
      client.disconnect().catch(() => undefined);
      return unavailable(error);
    }
  };

  return {
    topic,

    endOffsets: () =>
      asking(async (client) => {
        const partitions = await client.fetchTopicOffsets(topic);
        return Object.fromEntries(partitions.map(({ partition, high }) => [partition, high]));
      }),

    committedOffsets: () =>
      asking(async (client) => {
        const starts = new Map(
          (await client.fetchTopicOffsets(topic)).map(({ partition, low }) => [partition, low]),
        );
        const [group] = await client.fetchOffsets({ groupId, topics: [topic] });
        return Object.fromEntries(
          (group?.partitions ?? []).map(({ partition, offset }) => {
            // What retention has removed will never be delivered, and −1 means none was committed.
            const start = starts.get(partition) ?? '0';
            return [partition, BigInt(offset) < BigInt(start) ? start : offset];
          }),
        );
      }),

    async close() {
      const client = await connected?.catch(() => undefined);
      await client?.disconnect();
    },
  };
}

/** Whatever kafkajs calls it: a broker that is away or refuses is no bug of ours. */
function unavailable(error: unknown): never {
  const words = `Kafka does not tell where the log stands: ${shortWords(error)}`;
  throw new LogUnavailable(words, { cause: error });
}
