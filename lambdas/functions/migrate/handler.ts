import { plainFault } from '../../domain/fault-words.ts';
import type { Logger } from '../../domain/log-lines.ts';
import { runner, type RunnerOption } from 'node-pg-migrate';

/** How to connect to the database, as pg and the tool both take it. */
type Connection = Exclude<Extract<RunnerOption, { databaseUrl: unknown }>['databaseUrl'], string>;

export interface MigrateDependencies {
  /** Asked at each run: a password may be another one by then. */
  readonly connection: () => Promise<Connection>;
  /** Lets the application's user in, once the schema and its user are there. */
  readonly admitApplication: (connection: Connection) => Promise<void>;
  /** Where the SQL files lie. */
  readonly directory: string;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Brings the schema up to date; of several at once, one does it and the others wait. */
export function migrateHandler({
  connection,
  admitApplication,
  directory,
  logger,
}: MigrateDependencies): () => Promise<{ migrated: string[] }> {
  return async () => {
    const database = await connection();
    const silent = (): void => undefined;
    const done = await runner({
      databaseUrl: database,
      dir: directory,
      direction: 'up',
      migrationsTable: 'migrations',
      checkOrder: true,
      advisoryLockMode: 'wait',
      log: silent,
      logger: { info: silent, warn: silent, error: silent, debug: silent },
    }).catch(throwUnquoted);
    await admitApplication(database);
    const migrated = done.map(({ name }) => name);
    if (migrated.length > 0) logger.warn('schema migrated', { migrated });
    return { migrated };
  };
}

/** The tool's own errors name migrations; PostgreSQL's may quote a row, so only their code is told. */
function throwUnquoted(error: unknown): never {
  throw error instanceof Error && 'code' in error ? plainFault(error) : error;
}
