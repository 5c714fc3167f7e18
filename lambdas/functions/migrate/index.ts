import { fileURLToPath } from 'node:url';
import { awsAccess } from '../../adapters/aws/access.ts';
import { databaseUserSecret } from '../../adapters/aws/secrets.ts';
import { connectionConfig } from '../../adapters/postgres/database.ts';
import { allowIamSignIn } from '../../adapters/postgres/iam-sign-in.ts';
import { newLogger } from '../../config/logger.ts';
import { readSettings } from '../../config/settings.ts';
import { optionalSettingNames, settingNames } from './config.ts';
import { migrateHandler } from './handler.ts';

const settings = readSettings(process.env, settingNames, optionalSettingNames);
const aws = awsAccess(process.env);

/** The owner's URL, with the name and the password that the secret has now. */
async function ownerUrl(): Promise<string> {
  const { migrationDatabaseUrl, migrationSecretArn } = settings;
  if (migrationSecretArn === undefined) return migrationDatabaseUrl;
  const { username, password } = await databaseUserSecret(aws, migrationSecretArn);
  const url = new URL(migrationDatabaseUrl);
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** Invoked at each deployment, before the other functions are. */
export const handler = migrateHandler({
  connection: async () =>
    connectionConfig({ url: await ownerUrl(), caFile: settings.databaseCaFile }),
  admitApplication: allowIamSignIn,
  directory:
    process.env['MIGRATIONS_DIR'] ??
    fileURLToPath(new URL('../../../db/migrations', import.meta.url)),
  logger: newLogger('migrate'),
});
