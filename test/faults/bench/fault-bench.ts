import { CleanUp } from '../../support/clean-up.ts';
import { Flow } from '../../support/flow.ts';
import { startOwnServers, type OwnServers } from '../../support/own-servers.ts';
import { targetOf, type Address } from '../../support/tcp-proxy.ts';
import { choosePorts } from '../../../local/servers/ports.ts';
import { openStateDir, type ServerName } from '../../../local/state.ts';
import { newStateDir } from '../../support/stack.ts';
import { BreakableIssuer } from './breakable-issuer.ts';
import { Link } from './link.ts';
import { MovableValkey } from './movable-valkey.ts';

export interface BenchOptions {
  /** Processes a function; without it the functions share the stack's process. */
  readonly environments?: number;
  /** More of the stack's environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** A Valkey whose clock can be set, instead of one that can be killed and frozen. */
  readonly movesClock?: boolean;
  /** An issuer whose keys can be withheld and replaced. */
  readonly breaksIssuer?: boolean;
}

export type Links = Readonly<Record<'valkey' | 'kafka' | 'postgres', Link>>;

/** What only some rows need. */
interface Helpers {
  readonly valkey: MovableValkey | undefined;
  readonly issuer: BreakableIssuer | undefined;
}

/** Real servers, a stack that uses them, and between them links that can be spoiled. */
export class FaultBench {
  readonly servers: OwnServers;
  readonly links: Links;
  readonly flow: Flow;
  readonly #helpers: Helpers;
  readonly #cleanUp: CleanUp;

  private constructor(
    servers: OwnServers,
    links: Links,
    flow: Flow,
    helpers: Helpers,
    cleanUp: CleanUp,
  ) {
    this.servers = servers;
    this.links = links;
    this.flow = flow;
    this.#helpers = helpers;
    this.#cleanUp = cleanUp;
  }

  /** @throws Error unless the bench's options ask for it */
  get movableValkey(): MovableValkey {
    if (this.#helpers.valkey === undefined) throw new Error("Valkey's clock can't be set here");
    return this.#helpers.valkey;
  }

  /** @throws Error unless the bench's options ask for it */
  get issuer(): BreakableIssuer {
    if (this.#helpers.issuer === undefined) throw new Error("the issuer can't be broken here");
    return this.#helpers.issuer;
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
      const helpers: Helpers = {
        valkey: options.movesClock
          ? cleanUp.add(await MovableValkey.start(), (started) => started.remove())
          : undefined,
        issuer: options.breaksIssuer
          ? cleanUp.add(await BreakableIssuer.start(), (started) => started.close())
          : undefined,
      };
      const servers = cleanUp.add(
        await startOwnServers({
          stateDir,
          kafkaAdvertisedPort: kafka.port,
          external: { valkeyUrl: helpers.valkey?.url },
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
        KAFKA_BROKERS: `127.0.0.1:${kafka.port}`,
        DATABASE_URL: withPort(databaseAdminUrl, links.postgres.port),
        ...(helpers.issuer && { JWT_ISSUER: helpers.issuer.url }),
      };
      const flow = cleanUp.add(
        await Flow.startOn(
          servers,
          { ...options, variables: { ...through, ...options.variables } },
          helpers.issuer?.key,
        ),
        (started) => started.remove(),
      );
      return new FaultBench(servers, links, flow, helpers, cleanUp);
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
