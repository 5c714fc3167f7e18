import {
  connectDatabase,
  type Database,
  type DatabaseSettings,
} from '../adapters/postgres/database.ts';
import type { FaultReport } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';

/** @param limits how many connections, and how long they may take: `config/limits.ts` */
export function openDatabase(
  { databaseUrl }: Settings<'databaseUrl'>,
  limits: Omit<DatabaseSettings, 'url'>,
  onFault: FaultReport,
): Database {
  return connectDatabase({ url: databaseUrl, ...limits }, (error) => {
    onFault('postgres', error);
  });
}
