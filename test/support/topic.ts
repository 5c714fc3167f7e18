import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { testServers } from './servers.ts';

export interface TestRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TestTopic {
  readonly name: string;
  /** All records now in the topic, in no particular order. */
  read(): Promise<TestRecord[]>;
  delete(): Promise<void>;
}

/** A topic of its own on the tests' broker, or on these. */
export async function newTopic(
  partitions = 3,
  brokers: readonly string[] = testServers().kafkaBrokers,
): Promise<TestTopic> {
  const kafka = new Kafka({
    clientId: 'test',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  const name = `test-${randomBytes(6).toString('hex')}`;
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: name, numPartitions: partitions }],
  });

  const read = async (): Promise<TestRecord[]> => {
    const ends = await admin.fetchTopicOffsets(name);
    const total = ends.reduce((sum, { high }) => sum + Number(high), 0);
    const found: TestRecord[] = [];
    if (total === 0) return found;
    const consumer = kafka.consumer({ groupId: `read-${randomBytes(6).toString('hex')}` });
    await consumer.connect();
    await consumer.subscribe({ topic: name, fromBeginning: true });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message }) => {
        const headers = Object.entries(message.headers ?? {});
        found.push({
          key: String(message.key),
          value: String(message.value),
          headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
        });
        if (found.length === total) resolve(undefined);
        return Promise.resolve();
      },
    });
    await promise;
    await consumer.disconnect();
    return found;
  };

  return {
    name,
    read,
    async delete() {
      await admin.deleteTopics({ topics: [name] });
      await admin.disconnect();
    },
  };
}
