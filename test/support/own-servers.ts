import type { ExternalServers } from '../../local/servers/external.ts';
import { startServers, type ServerEndpoints, type Servers } from '../../local/servers/start.ts';
import { serverNames, statePaths, type ServerName } from '../../local/state.ts';
import { freeze } from './freeze.ts';
import { newStateDir, removeStateDir } from './stack.ts';

/** Servers that a test may stop, freeze and look into, apart from the stack that uses them. */
export interface OwnServers {
  readonly endpoints: ServerEndpoints;
  readonly issuerKeyFile: string;
  /** Where their data lie. */
  readonly stateDir: string;
  /** Has a stack use them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Stops a server, does `work`, and starts it again on its port, whatever came of the work. */
  whileStopped<T>(name: ServerName, work: () => Promise<T>, signal?: NodeJS.Signals): Promise<T>;
  /** The same with a process that is there and does nothing: its connections stay open. */
  whileFrozen<T>(name: ServerName, work: () => Promise<T>): Promise<T>;
  /** Of the process that runs now. */
  pid(name: ServerName): number;
  /** Resolves once all of them serve. */
  healthy(): Promise<void>;
  remove(): Promise<void>;
}

export interface OwnServersOptions {
  /** A new one unless given; removed with the servers in either case. */
  readonly stateDir?: string;
  /** Where Kafka tells its clients to connect: the port of a proxy before it. */
  readonly kafkaAdvertisedPort?: number;
  /** Servers that run already and are used instead of some of these. */
  readonly external?: ExternalServers;
}

export async function startOwnServers(options: OwnServersOptions = {}): Promise<OwnServers> {
  const stateDir = options.stateDir ?? (await newStateDir());
  const servers = await startServers({
    ...options,
    stateDir,
    audience: 'coupon-api',
    progress: () => undefined,
  });
  const { valkeyUrl, kafkaBrokers, databaseAdminUrl, issuer } = servers.endpoints;
  return {
    endpoints: servers.endpoints,
    issuerKeyFile: statePaths(stateDir).issuerKey,
    stateDir,
    variables: {
      VALKEY_URL: valkeyUrl,
      KAFKA_BROKERS: kafkaBrokers.join(','),
      DATABASE_URL: databaseAdminUrl,
      JWT_ISSUER: issuer,
    },
    whileStopped: (name, work, signal) => whileStopped(servers, name, work, signal),
    whileFrozen: (name, work) => whileFrozen(servers, name, work),
    pid: (name) => runningPid(servers, name),
    healthy: async () => {
      for (const name of serverNames) await servers.server(name)?.healthy();
    },
    remove: async () => {
      await servers.stop();
      await removeStateDir(stateDir);
    },
  };
}

async function whileStopped<T>(
  servers: Servers,
  name: ServerName,
  work: () => Promise<T>,
  signal?: NodeJS.Signals,
): Promise<T> {
  await servers.server(name)?.hold(signal);
  try {
    return await work();
  } finally {
    await servers.server(name)?.release();
  }
}

async function whileFrozen<T>(
  servers: Servers,
  name: ServerName,
  work: () => Promise<T>,
): Promise<T> {
  const pid = runningPid(servers, name);
  try {
    await freeze(pid);
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

function runningPid(servers: Servers, name: ServerName): number {
  const pid = servers.server(name)?.pid();
  // Signals to 0 or below go to whole groups of processes: the tests' own among them.
  if (pid === undefined || pid <= 1) throw new Error(`${name} does not run`);
  return pid;
}
