import { join } from 'node:path';
import { DATABASE_LOG } from '../../../lambdas/config/database-log.ts';
import type { StatePaths } from '../../state.ts';
import type { ServerDefinition } from '../definition.ts';
import { postgresAccount } from './account.ts';
import { postgresBinaries } from './binaries.ts';
import { checkPostgres } from './check.ts';
import { disownStalePid, prepareData, superuser } from './data.ts';

/** PostgreSQL with the settings of a real one: it waits for the disk, and its data outlive it. */
export async function postgresServer(
  paths: StatePaths,
  port: number,
  stopped?: AbortSignal,
): Promise<{ definition: ServerDefinition; adminUrl: string }> {
  const account = await postgresAccount(await postgresBinaries(), paths.root);
  const password = await prepareData(paths, account, stopped);
  const adminUrl = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...DATABASE_LOG,
  };
  const args = [
    ...['-D', paths.postgres, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const definition: ServerDefinition = {
    name: 'postgres',
    label: 'PostgreSQL',
    port,
    // "Fast": disconnects the clients and writes everything down; SIGTERM would wait for them.
    stopSignal: 'SIGINT',
    command: async () => {
      await disownStalePid(paths);
      return {
        ...account.command(join(account.programs, 'postgres'), args),
        cwd: '/',
        env: withoutPostgresSettings(process.env),
      };
    },
    checkReady: () => checkPostgres(adminUrl),
  };
  return { definition, adminUrl };
}

/** PGDATA, PGPORT and the like, meant for somebody's clients, would change our server. */
function withoutPostgresSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PG')));
}
