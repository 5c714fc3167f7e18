import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openStateDir, type ServerName, serverNames, type StatePaths } from '../state.ts';
import { checkExternal, type ExternalServers } from './external.ts';
import { serverGroup, type ServerGroup } from './group.ts';
import { issuerUrl } from './issuer/address.ts';
import { discoverJwksUri } from './issuer/check.ts';
import { issuerServer } from './issuer/server.ts';
import { kafkaBrokers, kafkaServer } from './kafka/server.ts';
import { endLeftovers } from './leftovers.ts';
import { lockState } from './lock.ts';
import { choosePorts, type PortUse } from './ports.ts';
import { postgresServer } from './postgres/server.ts';
import type { SupervisedServer } from './supervise.ts';
import { requireTools } from './tools.ts';
import { valkeyServer, valkeyUrl } from './valkey/server.ts';

/** Where the servers are, ours or external. */
export interface ServerEndpoints {
  readonly valkeyUrl: string;
  readonly kafkaBrokers: string[];
  /** A superuser, at the database `postgres`; or DATABASE_URL as it was given. */
  readonly databaseAdminUrl: string;
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: string;
}

/** What to start. */
export interface ServersOptions {
  readonly stateDir: string;
  /** A free port, the same as the last time, if undefined or 0. */
  readonly issuerPort?: number | undefined;
  readonly audience: string;
  /** Where Kafka tells its clients to connect: a proxy that stands before it. */
  readonly kafkaAdvertisedPort?: number | undefined;
  /** Servers that run already; they are checked, not started. */
  readonly external?: ExternalServers | undefined;
  readonly progress: (line: string) => void;
  /** Aborting it (Ctrl-C) while the servers start stops those that have started; startServers then rejects. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each process that is started, the first and the later ones. */
  readonly started?: ((name: ServerName, pid: number) => void) | undefined;
}

/** The running servers of one stack. */
export interface Servers {
  readonly endpoints: ServerEndpoints;
  /** Undefined for an external one. */
  server(name: ServerName): SupervisedServer | undefined;
  /** The pids of those of ours that run now. */
  pids(): Partial<Record<ServerName, number>>;
  /** Stops all of ours, gives up the state directory; may be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the servers of one stack and keeps them running until stop(); resolves when all of them serve.
 * Throws StateInUseError if another stack holds the state directory, and an Error that says what to do if a tool is
 * missing, an external server doesn't answer or a server doesn't start; then nothing is left running.
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const paths = await openStateDir(options.stateDir);
  const unlock = await lockState(paths);
  const { progress, started = () => undefined } = options;
  const group = serverGroup(paths, { progress, started });
  let stopping: Promise<void> | undefined;
  // Once only: a second unlock could take the directory from the stack that started in between.
  const stop = () => (stopping ??= group.stop().finally(unlock));
  try {
    const endpoints = await unlessAborted(options.signal, startAll(paths, options, group));
    return { endpoints, server: (name) => group.server(name), pids: () => group.pids(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  paths: StatePaths,
  options: ServersOptions,
  group: ServerGroup,
): Promise<ServerEndpoints> {
  const { progress, audience, external = {} } = options;
  const { stopped } = group;
  const ours = {
    valkey: external.valkeyUrl === undefined,
    kafka: external.kafkaBrokers === undefined,
    postgres: external.databaseUrl === undefined,
    issuer: external.jwtIssuer === undefined,
  };
  await endLeftovers(paths, progress);
  await requireTools(ours);
  const { jwksUri } = await checkExternal(external);
  await keepPreviousLogs(paths);
  const ports = await choosePorts(paths, portUses(ours), { issuer: options.issuerPort ?? 0 });
  stopped.throwIfAborted();

  const starts: Promise<void>[] = [];
  if (ours.valkey) starts.push(group.start(valkeyServer(paths, ports.valkey, progress, stopped)));
  if (ours.kafka) {
    const kafkaPorts = { ...ports, kafkaAdvertised: options.kafkaAdvertisedPort };
    starts.push(group.start(kafkaServer(paths, kafkaPorts, progress, stopped)));
  }
  let databaseAdminUrl = external.databaseUrl ?? '';
  if (ours.postgres) {
    const preparation = postgresServer(paths, ports.postgres, stopped);
    starts.push(group.start(preparation.then(({ definition }) => definition)));
    starts.push(
      preparation.then(({ adminUrl }) => {
        databaseAdminUrl = adminUrl;
      }),
    );
  }
  if (ours.issuer) starts.push(group.start(issuerServer(paths, ports.issuer, audience)));
  await Promise.all(starts);

  const issuer = external.jwtIssuer ?? issuerUrl(ports.issuer);
  return {
    valkeyUrl: external.valkeyUrl ?? valkeyUrl(ports.valkey),
    kafkaBrokers: [...(external.kafkaBrokers ?? kafkaBrokers(ports.kafka))],
    databaseAdminUrl,
    issuer,
    jwksUri: jwksUri ?? (await discoverJwksUri(issuer)),
    audience,
  };
}

function portUses(ours: Record<ServerName, boolean>): PortUse[] {
  const uses: PortUse[] = serverNames.filter((name) => ours[name]);
  if (ours.kafka) uses.push('kafkaController');
  return uses;
}

async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    aborted.reject(signal.reason);
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, aborted.promise]).finally(() => {
    signal.removeEventListener('abort', abort);
  });
}

/** One log a start, and the one before it, which tells why it ended. */
async function keepPreviousLogs(paths: StatePaths): Promise<void> {
  for (const name of serverNames) {
    const log = join(paths.logs, `${name}.log`);
    await rename(log, `${log}.previous`).catch(() => undefined);
  }
}
