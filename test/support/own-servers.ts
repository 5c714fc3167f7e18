import { statePaths } from '../../local/state.ts';
import { startServers, type Servers } from '../../local/servers/start.ts';
import { newStateDir, removeStateDir } from './stack.ts';

/** Servers that a test may stop, freeze and look into, apart from the stack that uses them. */
export interface OwnServers {
  readonly servers: Servers;
  readonly issuerKeyFile: string;
  /** Has a stack use them. */
  readonly variables: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export async function startOwnServers(): Promise<OwnServers> {
  const stateDir = await newStateDir();
  const servers = await startServers({
    stateDir,
    audience: 'coupon-api',
    progress: () => undefined,
  });
  const { valkeyUrl, kafkaBrokers, databaseAdminUrl, issuer } = servers.endpoints;
  return {
    servers,
    issuerKeyFile: statePaths(stateDir).issuerKey,
    variables: {
      VALKEY_URL: valkeyUrl,
      KAFKA_BROKERS: kafkaBrokers.join(','),
      DATABASE_URL: databaseAdminUrl,
      JWT_ISSUER: issuer,
    },
    remove: async () => {
      await servers.stop();
      await removeStateDir(stateDir);
    },
  };
}
