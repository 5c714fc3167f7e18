import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateDir } from '../../local/state.ts';
import { choosePorts } from '../../local/servers/ports.ts';
import { kafkaBrokers, kafkaServer } from '../../local/servers/kafka/server.ts';
import { supervise, type SupervisedServer } from '../../local/servers/supervise.ts';

/** A real Kafka of its own for one test file, with what the tests ask of it. */
export class TestKafka {
  readonly server: SupervisedServer;
  readonly brokers: readonly string[];
  readonly #kafka: Kafka;
  readonly #directory: string;

  private constructor(server: SupervisedServer, brokers: readonly string[], directory: string) {
    this.server = server;
    this.brokers = brokers;
    this.#directory = directory;
    this.#kafka = new Kafka({
      clientId: 'test',
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 60 },
    });
  }

  static async start(): Promise<TestKafka> {
    const directory = await mkdtemp(join(tmpdir(), 'coupon-kafka-'));
    const paths = await openStateDir(directory);
    const ports = await choosePorts(paths, ['kafka', 'kafkaController'], {});
    const silent = () => undefined;
    const definition = await kafkaServer(paths, ports, silent);
    const server = supervise(paths, definition, { progress: silent, started: silent });
    await server.release();
    return new TestKafka(server, kafkaBrokers(ports.kafka), directory);
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    await this.#withAdmin((admin) =>
      admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] }),
    );
  }

  async produce(topic: string, messages: Message[]): Promise<void> {
    const producer = this.#kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages, acks: -1 });
    await producer.disconnect();
  }

  /** The committed offset of each partition, by number; -1 where none is. */
  async committed(group: string, topic: string): Promise<Map<number, number>> {
    const [offsets] = await this.#withAdmin((admin) =>
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    );
    return new Map(
      (offsets?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]),
    );
  }

  async stop(): Promise<void> {
    await this.server.hold('SIGKILL');
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #withAdmin<T>(work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
