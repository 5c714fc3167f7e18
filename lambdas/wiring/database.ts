import type { AwsAccess } from '../adapters/aws/access.ts';
import { databaseToken } from '../adapters/aws/sign-in-tokens.ts';
import {
  connectDatabase,
  type Database,
  type DatabaseAddress,
  type DatabaseSettings,
} from '../adapters/postgres/database.ts';
import type { FaultReport } from '../config/logger.ts';
import type { DATABASE_OPTIONS, Settings } from '../config/settings.ts';

export type DatabaseVariables = Settings<'databaseUrl', (typeof DATABASE_OPTIONS)[number]>;

/** @param limits how many connections, and how long they may take: `config/limits.ts` */
export function openDatabase(
  { databaseUrl, databaseIam, databaseCaFile }: DatabaseVariables,
  aws: AwsAccess,
  limits: Omit<DatabaseSettings, keyof DatabaseAddress>,
  onFault: FaultReport,
): Database {
  const { host, username } = new URL(databaseUrl);
  const user = decodeURIComponent(username);
  const password =
    databaseIam === 'true' ? () => databaseToken(aws, host, user, Date.now()) : undefined;
  const address = { url: databaseUrl, caFile: databaseCaFile, password };
  return connectDatabase({ ...address, ...limits }, (error) => {
    onFault('postgres', error);
  });
}
