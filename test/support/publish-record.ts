import { Kafka, logLevel, Partitioners } from 'kafkajs';
import type { Endpoints } from '../../local/endpoints.ts';

/** Writes a record into the topic that no gate has let in. */
export async function publishRecord(
  { kafka, topic }: Pick<Endpoints, 'kafka' | 'topic'>,
  key: string,
  value: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const client = new Kafka({ brokers: kafka.split(','), logLevel: logLevel.NOTHING });
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages: [{ key, value, headers }] });
  await producer.disconnect();
}
