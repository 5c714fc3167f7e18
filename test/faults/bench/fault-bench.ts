import { CleanUp } from '../../support/clean-up.ts';
import { Flow } from '../../support/flow.ts';
import { startOwnServers, type OwnServers } from '../../support/own-servers.ts';
import { targetOf, type Address } from '../../support/tcp-proxy.ts';
import { choosePorts } from '../../../local/servers/ports.ts';
import { openStateDir, type ServerName } from '../../../local/state.ts';
import { newStateDir } from '../../support/stack.ts';
import { specialServers, type SpecialServers } from './special-servers.ts';
import type { BreakableIssuer } from './breakable-issuer.ts';
import type { BROKERS, KafkaCluster } from './kafka-cluster.ts';
import { Link } from './link.ts';
import type { MovableValkey } from './movable-valkey.ts';
import type { SmallDisk } from './small-disk.ts';

export interface BenchOptions {
  /** Processes a function; without it the functions share the stack's process. */
  readonly environments?: number;
  /** More of the stack's environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Kafka as it is deployed, instead of one broker; `links.kafka` then leads to the first. */
  readonly brokers?: typeof BROKERS;
  /** Kafka's data on a disk of so many megabytes. */
  readonly kafkaDiskMb?: number;
  /** A Valkey whose clock can be set, instead of one that can be killed and frozen. */
  readonly movesClock?: boolean;
  /** An issuer whose keys can be withheld and replaced. */
  readonly breaksIssuer?: boolean;
}

export type Links = Readonly<Record<'valkey' | 'kafka' | 'postgres', Link>>;

/** Real servers, a stack that uses them, and between them links that can be spoiled. */
export class FaultBench {
  readonly servers: OwnServers;
  readonly links: Links;
  readonly flow: Flow;
  readonly #special: SpecialServers;
  readonly #cleanUp: CleanUp;

  private constructor(
    servers: OwnServers,
    links: Links,
    flow: Flow,
    special: SpecialServers,
    cleanUp: CleanUp,
  ) {
    this.#special = special;
    this.servers = servers;
    this.links = links;
    this.flow = flow;
    this.#cleanUp = cleanUp;
  }

  static async start(options: BenchOptions = {}): Promise<FaultBench> {
    const cleanUp = new CleanUp();
    try {
      const link = async (target?: Address): Promise<Link> =>
        cleanUp.add(await Link.open(target), (opened) => opened.close());
      // Kafka's clients connect where it tells them to, so both must know of each other beforehand.
      const stateDir = await newStateDir();
      const ports = await choosePorts(await openStateDir(stateDir), ['kafka'], {});
      const special = await specialServers(options, stateDir, cleanUp);
      const kafka = special.cluster?.brokers[0]?.link ?? (await link(local(ports.kafka)));
      const kafkaBrokers = special.cluster?.addresses;
      const servers = cleanUp.add(
        await startOwnServers({
          stateDir,
          kafkaAdvertisedPort: kafka.port,
          external: { kafkaBrokers, valkeyUrl: special.valkey?.url },
        }),
        (started) => started.remove(),
      );
      const { valkeyUrl, databaseAdminUrl } = servers.endpoints;
      const links = {
        valkey: await link(targetOf(valkeyUrl)),
        kafka,
        postgres: await link(targetOf(databaseAdminUrl)),
      };
      const through = {
        VALKEY_URL: withPort(valkeyUrl, links.valkey.port),
        KAFKA_BROKERS: kafkaBrokers?.join(',') ?? `127.0.0.1:${kafka.port}`,
        DATABASE_URL: withPort(databaseAdminUrl, links.postgres.port),
        ...(special.issuer && { JWT_ISSUER: special.issuer.url }),
      };
      const flow = cleanUp.add(
        await Flow.startOn(
          servers,
          { ...options, variables: { ...through, ...options.variables } },
          special.issuer?.key,
        ),
        (started) => started.remove(),
      );
      return new FaultBench(servers, links, flow, special, cleanUp);
    } catch (error) {
      await cleanUp.run();
      throw error;
    }
  }

  /** `kill -9`; resolves when the server has been started again and serves. */
  async kill(name: ServerName): Promise<void> {
    await this.servers.whileStopped(name, () => Promise.resolve(), 'SIGKILL');
  }

  /** SIGSTOP until `work` is done. */
  whileFrozen<T>(name: ServerName, work: () => Promise<T>): Promise<T> {
    return this.servers.whileFrozen(name, work);
  }

  /** Ends what a row has started with the bench, before the servers, whatever becomes of the row. */
  add<T>(started: T, end: (started: T) => unknown): T {
    return this.#cleanUp.add(started, end);
  }

  /** Mends all links and waits for the servers. */
  async mend(): Promise<void> {
    for (const link of Object.values(this.links)) link.mend();
    await this.#special.disk?.free();
    await this.servers.healthy();
    this.#special.cluster?.mend();
    await this.#special.cluster?.healthy();
  }

  /** @throws Error unless the bench has `brokers` */
  get cluster(): KafkaCluster {
    if (this.#special.cluster === undefined) throw new Error('the bench has one broker');
    return this.#special.cluster;
  }

  /** @throws Error unless the bench has `kafkaDiskMb` */
  get kafkaDisk(): SmallDisk {
    if (this.#special.disk === undefined) throw new Error("Kafka's disk is not its own");
    return this.#special.disk;
  }

  /** @throws Error unless the bench `movesClock` */
  get movableValkey(): MovableValkey {
    if (this.#special.valkey === undefined) throw new Error("Valkey's clock can't be set here");
    return this.#special.valkey;
  }

  /** @throws Error unless the bench `breaksIssuer` */
  get issuer(): BreakableIssuer {
    if (this.#special.issuer === undefined) throw new Error("the issuer can't be broken here");
    return this.#special.issuer;
  }

  remove(): Promise<void> {
    return this.#cleanUp.run();
  }
}

function local(port: number): Address {
  return { host: '127.0.0.1', port };
}

function withPort(serverUrl: string, port: number): string {
  const url = new URL(serverUrl);
  url.port = String(port);
  return url.href;
}
