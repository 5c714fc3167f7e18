import type { SettingName } from '../../config/settings.ts';

export const settingNames = ['migrationDatabaseUrl'] as const satisfies readonly SettingName[];

export const optionalSettingNames = [
  'migrationSecretArn',
  'databaseCaFile',
] as const satisfies readonly SettingName[];
