import { runner } from 'node-pg-migrate';

export interface MigrateDependencies {
  readonly databaseUrl: string;
  /** Where the SQL files lie. */
  readonly directory: string;
  readonly logger: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
}

/** Brings the schema up to date; of several at once, one does it and the others wait. */
export function migrateHandler({
  databaseUrl,
  directory,
  logger,
}: MigrateDependencies): () => Promise<{ migrated: string[] }> {
  return async () => {
    const silent = (): void => undefined;
    const done = await runner({
      databaseUrl,
      dir: directory,
      direction: 'up',
      migrationsTable: 'migrations',
      checkOrder: true,
      advisoryLockMode: 'wait',
      log: silent,
      logger: { info: silent, warn: silent, error: silent, debug: silent },
    });
    const migrated = done.map(({ name }) => name);
    if (migrated.length > 0) logger.warn('schema migrated', { migrated });
    return { migrated };
  };
}
