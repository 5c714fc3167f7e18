import { CleanUp } from '../../support/clean-up.ts';
import { Flow } from '../../support/flow.ts';
import { startOwnServers, type OwnServers } from '../../support/own-servers.ts';
import { targetOf, type Address } from '../../support/tcp-proxy.ts';
import { choosePorts } from '../../../local/servers/ports.ts';
import { openStateDir, type ServerName } from '../../../local/state.ts';
import { newStateDir } from '../../support/stack.ts';
import { Link } from './link.ts';

export interface BenchOptions {
  /** Processes a function; without it the functions share the stack's process. */
  readonly environments?: number;
  /** More of the stack's environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
}

export type Links = Readonly<Record<'valkey' | 'kafka' | 'postgres', Link>>;

/** Real servers, a stack that uses them, and between them links that can be spoiled. */
export class FaultBench {
  readonly servers: OwnServers;
  readonly links: Links;
  readonly flow: Flow;
  readonly #cleanUp: CleanUp;

  private constructor(servers: OwnServers, links: Links, flow: Flow, cleanUp: CleanUp) {
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
      const kafka = await link(local(ports.kafka));
      const servers = cleanUp.add(
        await startOwnServers({ stateDir, kafkaAdvertisedPort: kafka.port }),
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
        KAFKA_BROKERS: `127.0.0.1:${kafka.port}`,
        DATABASE_URL: withPort(databaseAdminUrl, links.postgres.port),
      };
      const flow = cleanUp.add(
        await Flow.startOn(servers, {
          ...options,
          variables: { ...through, ...options.variables },
        }),
        (started) => started.remove(),
      );
      return new FaultBench(servers, links, flow, cleanUp);
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

  /** Mends all links and waits for the servers. */
  async mend(): Promise<void> {
    for (const link of Object.values(this.links)) link.mend();
    await this.servers.healthy();
  }

  /** Has what a row has started ended with the bench, whatever becomes of the row. */
  adopt<T>(started: T, end: (started: T) => unknown): T {
    return this.#cleanUp.add(started, end);
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
