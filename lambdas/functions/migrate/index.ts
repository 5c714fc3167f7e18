import { fileURLToPath } from 'node:url';
import { newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { settingNames } from './config.ts';
import { migrateHandler } from './handler.ts';

const settings = readSettings(process.env, settingNames);

/** Invoked at each deployment, before the other functions are. */
export const handler = migrateHandler({
  databaseUrl: settings.migrationDatabaseUrl,
  directory:
    process.env['MIGRATIONS_DIR'] ??
    fileURLToPath(new URL('../../../db/migrations', import.meta.url)),
  logger: newLogger('migrate'),
});
