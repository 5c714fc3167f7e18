/** Where a broker keeps its data and listens. */
interface BrokerPlace {
  readonly dataDir: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Where clients are told to connect: the port of a proxy, or its own. */
  readonly advertisedPort: number;
}

/** server.properties of one node that is broker and controller at once. */
export function brokerProperties({
  dataDir,
  port,
  controllerPort,
  advertisedPort,
}: BrokerPlace): string {
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    // Static voters: a dynamic quorum would keep the controller's port in its log, and ours may change.
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `BROKER://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataDir,

    // As in the deployed cluster: topics are made on purpose, no acknowledged record is given up.
    'auto.create.topics.enable': false,
    'unclean.leader.election.enable': false,
    'min.insync.replicas': 1,

    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,

    // After kill -9 the controller takes the old broker for alive until its session ends and keeps
    // the new one out: 9 s by default, an outage that isn't Kafka's but this single node's.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 400,

    'num.network.threads': 2,
    'num.io.threads': 4,
    // The default is 128 MB, a third of the heap that we give it.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${escaped(String(value))}\n`)
    .join('');
}

/** Java reads the file as Latin-1; all else is written \uXXXX. */
function escaped(value: string): string {
  return value.replace(/[\\]|[^ -~]/g, (unit) =>
    unit === '\\' ? '\\\\' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
