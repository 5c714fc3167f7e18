import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { checkKafka } from '../../../local/servers/kafka/check.ts';
import { provideKafka } from '../../../local/servers/kafka/files.ts';
import { brokerProperties } from '../../../local/servers/kafka/properties.ts';
import { choosePorts } from '../../../local/servers/ports.ts';
import { runTool } from '../../../local/servers/run-tool.ts';
import { supervise, type SupervisedServer } from '../../../local/servers/supervise.ts';
import { openStateDir, type StatePaths } from '../../../local/state.ts';
import { CleanUp } from '../../support/clean-up.ts';
import { freeze } from '../../support/freeze.ts';
import { newStateDir, removeStateDir } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { Link } from './link.ts';

export const BROKERS = 3;
/** The first broker is the controller too. */
const CONTROLLER = 1;
/** Three of them start at once on two cores. */
const PATIENCE_MS = 90_000;
const JAVA = { ...process.env, LC_ALL: 'C.UTF-8' };

interface Broker {
  readonly id: number;
  /** Before it, for clients and the other brokers alike. */
  readonly link: Link;
  readonly server: SupervisedServer;
}

/** As it is deployed: three brokers, each record on all of them, two must have it. */
export class KafkaCluster {
  readonly brokers: readonly Broker[];
  readonly #cleanUp: CleanUp;

  private constructor(brokers: readonly Broker[], cleanUp: CleanUp) {
    this.brokers = brokers;
    this.#cleanUp = cleanUp;
  }

  static async start(): Promise<KafkaCluster> {
    const cleanUp = new CleanUp();
    try {
      const classPath = await provideKafka(() => undefined);
      const places: Place[] = [];
      for (let id = 1; id <= BROKERS; id += 1) places.push(await newPlace(id, cleanUp));
      const clusterId = `c${randomBytes(16).toString('base64url').slice(1)}`;
      const brokers = await Promise.all(
        places.map(async (place): Promise<Broker> => {
          await format(place, places, clusterId, classPath);
          const server = cleanUp.add(brokerServer(place, classPath), (one) => one.hold());
          return { id: place.id, link: place.link, server };
        }),
      );
      await Promise.all(brokers.map(({ server }) => server.release()));
      const cluster = new KafkaCluster(brokers, cleanUp);
      await cluster.healthy();
      return cluster;
    } catch (error) {
      await cleanUp.run();
      throw error;
    }
  }

  get addresses(): string[] {
    return this.brokers.map(({ link }) => `127.0.0.1:${link.port}`);
  }

  /** Those that are no controller: the cluster goes on without them. */
  get followers(): readonly Broker[] {
    return this.brokers.filter(({ id }) => id !== CONTROLLER);
  }

  /** `kill -9` of these at once; started again, all serve and are in sync, when `work` is done. */
  async whileKilled<T>(brokers: readonly Broker[], work: () => Promise<T>): Promise<T> {
    await Promise.all(brokers.map(({ server }) => server.hold('SIGKILL')));
    try {
      return await work();
    } finally {
      await Promise.all(brokers.map(({ server }) => server.release()));
      await this.healthy();
    }
  }

  /** SIGSTOP of these until `work` is done. */
  async whileFrozen<T>(brokers: readonly Broker[], work: () => Promise<T>): Promise<T> {
    const pids = brokers.map(({ server }) => server.pid());
    const running = pids.filter((pid) => pid !== undefined && pid > 1) as number[];
    try {
      await Promise.all(running.map(freeze));
      return await work();
    } finally {
      for (const pid of running) process.kill(pid, 'SIGCONT');
    }
  }

  /** Resolves when all brokers serve, have all records of all topics, and lead their share of them. */
  async healthy(): Promise<void> {
    await until('all brokers are in sync and lead', PATIENCE_MS, () =>
      this.#ask(async (admin) => {
        const { brokers } = await admin.describeCluster();
        if (brokers.length < BROKERS) return undefined;
        const { topics } = await admin.fetchTopicMetadata();
        const partitions = topics.flatMap((topic) => topic.partitions);
        const isWhole = partitions.every(
          ({ isr, leader, replicas }) => isr.length === BROKERS && leader === replicas[0],
        );
        return isWhole ? true : undefined;
      }),
    );
  }

  mend(): void {
    for (const { link } of this.brokers) link.mend();
  }

  remove(): Promise<void> {
    return this.#cleanUp.run();
  }

  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const [{ server } = { server: undefined }] = this.brokers;
    const kafka = new Kafka({
      brokers: [`127.0.0.1:${server?.port ?? 0}`],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

interface Place {
  readonly id: number;
  readonly paths: StatePaths;
  readonly link: Link;
  readonly port: number;
  readonly controllerPort: number;
}

async function newPlace(id: number, cleanUp: CleanUp): Promise<Place> {
  const paths = await openStateDir(cleanUp.add(await newStateDir(), removeStateDir));
  const ports = await choosePorts(paths, ['kafka', 'kafkaController'], {});
  const target = { host: '127.0.0.1', port: ports.kafka };
  const link = cleanUp.add(await Link.open(target), (opened) => opened.close());
  return { id, paths, link, port: ports.kafka, controllerPort: ports.kafkaController };
}

async function format(
  { id, paths, link, port }: Place,
  places: readonly Place[],
  clusterId: string,
  classPath: string,
): Promise<void> {
  const controllerPort = places[CONTROLLER - 1]?.controllerPort ?? 0;
  const isController = id === CONTROLLER;
  const broker = `BROKER://127.0.0.1:${port}`;
  const controller = `CONTROLLER://127.0.0.1:${controllerPort}`;
  // Of two lines with one name Java takes the last.
  const asDeployed = [
    `node.id=${id}`,
    `process.roles=${isController ? 'broker,controller' : 'broker'}`,
    `listeners=${isController ? `${broker},${controller}` : broker}`,
    'min.insync.replicas=2',
    `offsets.topic.replication.factor=${BROKERS}`,
    // A broker that comes back leads again what it led before: after seconds, not five minutes.
    'leader.imbalance.check.interval.seconds=1',
    'leader.imbalance.per.broker.percentage=0',
  ];
  const place = { dataDir: 'data', port, controllerPort, advertisedPort: link.port };
  await mkdir(paths.kafka, { recursive: true });
  await writeFile(paths.kafkaConfig, `${brokerProperties(place)}${asDeployed.join('\n')}\n`);
  await runTool(
    'java',
    [
      ...['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.tools.StorageTool'],
      ...['format', '--cluster-id', clusterId, '--config', paths.kafkaConfig],
    ],
    { cwd: paths.kafka, env: JAVA },
  );
}

function brokerServer({ id, paths, port }: Place, classPath: string): SupervisedServer {
  const args = [
    ...['-Xms64m', '-Xmx384m', '-XX:+UseG1GC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
    ...['-cp', classPath, 'kafka.Kafka', paths.kafkaConfig],
  ];
  return supervise(
    paths,
    {
      name: 'kafka',
      label: `Kafka ${id}`,
      port,
      stopSignal: 'SIGTERM',
      command: () => Promise.resolve({ file: 'java', cwd: paths.kafka, env: JAVA, args }),
      checkReady: () => checkKafka([`127.0.0.1:${port}`]),
    },
    { progress: () => undefined, started: () => undefined },
  );
}
